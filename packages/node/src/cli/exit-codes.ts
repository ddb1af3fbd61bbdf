/** How `asr` ends, for scripts that call it. Part of what users may rely on: never renumber. */
export const EXIT = {
  /** All that was asked for is done. */
  ok: 0,
  /** Nothing of it, or it ended in the middle. */
  failed: 1,
  /** The command line can't work: an unknown option, a value out of range, an option that the model can't honour. */
  usage: 2,
  /** Some inputs failed; the results of the others are there. */
  partial: 3,
  /** Stopped by SIGINT (Ctrl+C), as shells count it. */
  interrupted: 130,
  /** Stopped by SIGTERM. */
  terminated: 143,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
