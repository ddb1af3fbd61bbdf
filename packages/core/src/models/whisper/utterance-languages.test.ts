import { describe, expect, it } from 'vitest';
import type { WhisperGraphs } from './graphs.js';
import { scoreUtterance } from './score-utterance.js';
import { tellLanguages, type LanguageScorer } from './utterance-languages.js';

const languages = new Map([
  ['en', 1],
  ['es', 2],
]);
const samples = new Float32Array(100 * 16_000);
const seconds = (start: number, end: number) => ({ start: start * 100, end: end * 100 });

/** Graphs that hear Spanish with these probabilities, one utterance after the other; notes what is alive. */
function graphsOf(spanish: readonly number[]): WhisperGraphs & { alive: number; heard: number } {
  const graphs = {
    melBins: 80,
    alive: 0,
    heard: 0,
    encode(_: Float32Array, frames: number) {
      expect(frames).toBe(3000);
      graphs.alive += 1;
      const probability = spanish[graphs.heard++]!;
      return Promise.resolve({
        startDecoder: () => ({
          append: () => Promise.resolve(Float32Array.of(9, Math.log(1 - probability), Math.log(probability))),
          dispose: () => {},
        }),
        dispose: () => (graphs.alive -= 1),
      });
    },
  };
  return graphs as never;
}

const scorerOf = (graphs: WhisperGraphs, signal?: AbortSignal): LanguageScorer => ({
  score: (utterance) => scoreUtterance(utterance, graphs, 0, signal),
  languages,
});

describe('tellLanguages', () => {
  it('joins speech over pauses below half a second, and changes in the middle of a longer one', async () => {
    const graphs = graphsOf([0.01, 0.99, 0.99]);
    const speech = [seconds(1, 3), seconds(3.4, 5), seconds(6, 8), seconds(8.5, 10)];
    const { runs, main } = await tellLanguages(samples, speech, scorerOf(graphs), undefined);
    expect(graphs).toMatchObject({ heard: 3, alive: 0 });
    expect(runs).toEqual([
      { start: 50, language: 'en' },
      { start: 550, language: 'es' },
    ]);
    expect(main).toEqual({ language: 'en', probability: expect.closeTo(0.99, 5) as number });
  });

  it('hears at most 30 s at once, and keeps nothing of a full window', async () => {
    const graphs = graphsOf([0.9, 0.7, 0.9]);
    const speech = [seconds(0, 20), seconds(20.1, 30.1), seconds(30.2, 75)];
    const { runs, main } = await tellLanguages(samples, speech, scorerOf(graphs), undefined);
    expect(graphs).toMatchObject({ heard: 3, alive: 0 });
    expect(runs).toEqual([{ start: 0, language: 'es' }]);
    expect(main!.probability).toBeCloseTo((0.9 * 20 + 0.7 * 10 + 0.9 * 44.8) / 74.8, 5);
  });

  it('says nothing of audio without speech', async () => {
    expect(await tellLanguages(samples, [], scorerOf(graphsOf([])), undefined)).toEqual({
      runs: [],
      main: undefined,
    });
  });

  it('stops with the signal, between utterances', async () => {
    const controller = new AbortController();
    const graphs = graphsOf([0.5, 0.5]);
    const encode = graphs.encode.bind(graphs);
    graphs.encode = (...args) => {
      controller.abort(new Error('enough'));
      return encode(...args);
    };
    const speech = [seconds(0, 1), seconds(5, 6)];
    const { signal } = controller;
    const told = tellLanguages(samples, speech, scorerOf(graphs, signal), signal);
    await expect(told).rejects.toThrow('enough');
    await Promise.resolve();
    expect(graphs).toMatchObject({ heard: 1, alive: 0 });
  });
});
