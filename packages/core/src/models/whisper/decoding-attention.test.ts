import { describe, expect, it } from 'vitest';
import { AttentiveRun } from './decoding-attention.js';

const HEADS = 2;
const FRAMES = 5;

/** Position `p` of the history looks at frame `f` with head `h` by 100 p + 10 h + f. */
class FakeRun {
  readonly vocabularySize = 1;
  #past = 0;
  #count = 0;

  append(tokens: readonly number[] | Int32Array, rows: number, from: number): Promise<Float32Array> {
    this.#past += this.#count;
    this.#count = tokens.length / rows;
    return Promise.resolve(new Float32Array(rows * (this.#count - from)));
  }

  select(): Promise<void> {
    return Promise.resolve();
  }

  alignment(): Promise<{ data: Float32Array; heads: number; tokens: number; frames: number }> {
    const data: number[] = [];
    for (let head = 0; head < HEADS; head++) {
      for (let token = 0; token < this.#count; token++) {
        for (let frame = 0; frame < FRAMES; frame++)
          data.push(100 * (this.#past + token) + 10 * head + frame);
      }
    }
    return Promise.resolve({
      data: Float32Array.from(data),
      heads: HEADS,
      tokens: this.#count,
      frames: FRAMES,
    });
  }
}

describe('AttentiveRun', () => {
  it('keeps the attention of the position that predicts a token, over the audio alone', async () => {
    const run = new AttentiveRun(new FakeRun(), 4, 3);
    await run.append([7, 7, 7, 7], 1, 3);
    await run.append([8], 1, 0);
    await run.append([9], 1, 0);
    // The transcript begins behind position 3, which predicts its first token; token 2 was predicted by position 5.
    const attention = run.attentionOf([0, 2]);
    expect(attention).toMatchObject({ heads: HEADS, tokens: 2, frames: 3 });
    expect([...attention!.data]).toEqual([300, 301, 302, 500, 501, 502, 310, 311, 312, 510, 511, 512]);
  });

  it('has the positions of a prefix as well, which comes with the prompt', async () => {
    const run = new AttentiveRun(new FakeRun(), 2, 1);
    await run.append([7, 7, 8, 8], 1, 3);
    expect([...run.attentionOf([0, 1, 2])!.data]).toEqual([100, 200, 300, 110, 210, 310]);
  });

  it('says so where decoding went no further', async () => {
    const run = new AttentiveRun(new FakeRun(), 2, 1);
    await run.append([7, 7], 1, 1);
    expect(run.attentionOf([0])).toBeDefined();
    expect(run.attentionOf([0, 1])).toBeUndefined();
  });

  it('gives up where several hypotheses are followed', async () => {
    const run = new AttentiveRun(new FakeRun(), 1, 1);
    await run.append([7], 1, 0);
    await run.append([8, 9], 2, 0);
    await run.append([8], 1, 0);
    expect(run.attentionOf([0])).toBeUndefined();
    const selected = new AttentiveRun(new FakeRun(), 1, 1);
    await selected.append([7], 1, 0);
    await selected.select([0]);
    expect(selected.attentionOf([0])).toBeUndefined();
  });
});
