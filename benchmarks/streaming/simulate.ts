/**
 * Plays a recording to live Whisper on a clock of its own: computing takes what {@link COSTS} says, however busy this machine
 * is. What comes when is the same in every run, so policies can be compared.
 */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { createNodePlatform, type StreamEvent, type StreamOptions } from '@org/asr-node';
import { loadWhisperTokenizer } from '../../packages/core/src/models/whisper/load-tokenizer.js';
import type { WhisperGraphs } from '../../packages/core/src/models/whisper/graphs.js';
import { openWhisperGraphs } from '../../packages/core/src/models/whisper/open-graphs.js';
import { openLiveWhisper } from '../../packages/core/src/models/whisper/open-live-whisper.js';
import type { LiveDecoder } from '../../packages/core/src/streaming/live-decoder.js';
import { planStream } from '../../packages/core/src/streaming/stream-plan.js';
import type { NotedEvent, Session } from './listen.js';
import { RATE } from './recordings.js';

/** Seconds on two threads of the machine of this repository's figures, with nothing else running. */
const COSTS = {
  /** Encoding windows of so many seconds; in between in proportion. */
  encode: [
    [0, 0],
    [10, 0.04],
    [15, 0.064],
    [20, 0.11],
    [25, 0.19],
    [30, 0.3],
  ] as const,
  /** A run of the decoder. */
  run: 0.0045,
  /** What each further token of a run adds. */
  token: 0.0012,
  /** Features, alignment: per reading. */
  rest: 0.01,
};
const CHUNK = 320;

function costOfEncoding(seconds: number): number {
  const above = COSTS.encode.findIndex(([length]) => length >= seconds);
  const [from, low] = COSTS.encode[above - 1] ?? [0, 0];
  const [to, high] = COSTS.encode[above]!;
  return low + ((high - low) * (seconds - from)) / (to - from);
}

class VirtualClock {
  seconds = 0;
  busy = 0;
  spend(seconds: number): void {
    this.busy += seconds;
    this.seconds += seconds;
  }
}

/** Graphs whose runs move the clock. */
function metered(graphs: WhisperGraphs, clock: VirtualClock): WhisperGraphs {
  return new Proxy(graphs, {
    get(target, name) {
      if (name !== 'encode') {
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return async (features: Float32Array, frames: number) => {
        const encoded = await target.encode(features, frames);
        clock.spend(costOfEncoding(frames / 100) + COSTS.rest);
        return {
          frames: encoded.frames,
          dispose: () => encoded.dispose(),
          startDecoder: () => {
            const run = encoded.startDecoder();
            return {
              vocabularySize: run.vocabularySize,
              append: (tokens: readonly number[] | Int32Array, rows: number, from: number) => {
                clock.spend(COSTS.run + COSTS.token * (tokens.length - 1));
                return run.append(tokens, rows, from);
              },
              select: (parents: readonly number[]) => run.select(parents),
              alignment: () => run.alignment(),
              dispose: () => run.dispose(),
            };
          },
        };
      };
    },
  });
}

/** Live tiny.en on a virtual clock. */
export async function simulate(samples: Float32Array, options: StreamOptions = {}): Promise<Session> {
  const platform = createNodePlatform();
  const files = await platform.openModel(whisperTinyEn, {});
  await using backend = await platform.createBackend({});
  await using graphs = await openWhisperGraphs(files, backend, {});
  const tokenizer = await loadWhisperTokenizer(files, { modelVocabularySize: graphs.vocabularySize });
  const clock = new VirtualClock();
  const plan = planStream(options);
  const open = await openLiveWhisper(metered(graphs, clock), tokenizer, options, plan, () => clock.seconds)();
  return await listen(open(new AbortController().signal), samples, clock);
}

/** What came while the decoder worked is handed over at once, as a stream does. */
async function listen(decoder: LiveDecoder, samples: Float32Array, clock: VirtualClock): Promise<Session> {
  const events: NotedEvent[] = [];
  let pushed = 0;
  const note = (event: StreamEvent): void => {
    events.push({ event, time: clock.seconds, pushed: pushed / RATE });
  };
  while (pushed < samples.length) {
    const spoken = Math.floor((clock.seconds * RATE + 1e-6) / CHUNK) * CHUNK;
    const end = Math.min(Math.max(spoken, pushed + CHUNK), samples.length);
    clock.seconds = Math.max(clock.seconds, end / RATE);
    const chunk = samples.slice(pushed, end);
    pushed = end;
    for await (const event of decoder.push(chunk)) note(event);
  }
  for await (const event of decoder.flush('end')) note(event);
  note({ type: 'end', transcript: decoder.transcript() });
  await decoder.dispose();
  return { events, wall: clock.seconds, processor: clock.busy };
}
