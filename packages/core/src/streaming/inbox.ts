import { joinFloats } from '../join-arrays.js';
import type { Deferred } from './deferred.js';

/** Something a stream has to do. */
export type Task =
  | { readonly type: 'audio'; readonly samples: Float32Array }
  /** So many samples are missing. */
  | { readonly type: 'gap'; readonly missing: number }
  | { readonly type: 'flush' | 'end'; readonly done: Deferred };

/** What waits for a decoder, in order. Audio is joined: however many chunks came while it worked, it gets one. */
export class Inbox {
  #tasks: Task[] = [];
  #samples = 0;

  /** Samples that wait. */
  get samples(): number {
    return this.#samples;
  }

  add(task: Task): void {
    if (task.type === 'audio') this.#samples += task.samples.length;
    this.#tasks.push(task);
  }

  /** The next thing to do; audio as far as it goes. */
  take(): Task | undefined {
    if (this.#tasks[0]?.type !== 'audio') return this.#tasks.shift();
    const pieces: Float32Array[] = [];
    for (const task of this.#tasks) {
      if (task.type !== 'audio') break;
      pieces.push(task.samples);
    }
    this.#tasks = this.#tasks.slice(pieces.length);
    const samples = joinFloats(pieces);
    this.#samples -= samples.length;
    return { type: 'audio', samples };
  }

  /** Drops all, and hands over the tasks that somebody waits for. */
  clear(): readonly Deferred[] {
    const promised = this.#tasks.flatMap((task) => ('done' in task ? [task.done] : []));
    this.#tasks = [];
    this.#samples = 0;
    return promised;
  }
}
