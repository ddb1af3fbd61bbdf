import type { CandidateSpec, Measurement, MeasureTask } from './measurement.js';

/** What a candidate's process is sent, once. */
export interface CandidateRequest {
  readonly spec: CandidateSpec;
  readonly task: MeasureTask;
}

/** What it answers. */
export type CandidateReply =
  | { readonly type: 'download'; readonly file: string; readonly loaded: number; readonly total?: number }
  | { readonly type: 'progress'; readonly done: number }
  | { readonly type: 'done'; readonly measurement: Measurement }
  | { readonly type: 'failed'; readonly message: string };
