/** Rate of the audio that all presets were made for, in Hz. */
export const SAMPLE_RATE = 16_000;

/** Settings that most presets share; each lays what differs over them. */
export const BASE = {
  type: 'spectral',
  sampleRate: SAMPLE_RATE,
  sampleScale: 1,
  preEmphasis: null,
  removeDc: false,
  spectrum: 'power',
  cepstrum: null,
  stages: [],
  padding: { rows: 0, multiple: 1 },
} as const;
