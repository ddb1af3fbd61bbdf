import { readFileSync } from 'node:fs';
import { repositoryFile } from '@org/asr-testkit';

/** Test signals of the golden feature files, made by formula or cut from the repository's recording. */
export type Signal =
  | {
      readonly kind: 'sines';
      readonly samples: number;
      /** [amplitude, frequency in Hz, phase] */
      readonly terms: readonly (readonly [number, number, number])[];
      readonly clip?: number | null;
    }
  | {
      readonly kind: 'noise';
      readonly samples: number;
      readonly seed: number;
      readonly amplitude: number;
    }
  | { readonly kind: 'zeros'; readonly samples: number }
  | { readonly kind: 'impulse'; readonly samples: number; readonly at: number; readonly value: number }
  | { readonly kind: 'wav'; readonly file: string };

/** The random source of all golden files: uniform numbers in 0…1, reproducible from the seed. */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The 11 s recording of the repository, 16 kHz mono. */
export function jfk(): Float32Array {
  const bytes = readFileSync(repositoryFile('tests/fixtures/audio/jfk.wav'));
  const header = 44;
  return Float32Array.from(
    { length: (bytes.length - header) / 2 },
    (_, i) => bytes.readInt16LE(header + 2 * i) / 32768,
  );
}

export function makeSignal(signal: Signal): Float32Array {
  switch (signal.kind) {
    case 'zeros':
      return new Float32Array(signal.samples);
    case 'impulse': {
      const samples = new Float32Array(signal.samples);
      samples[signal.at] = signal.value;
      return samples;
    }
    case 'noise': {
      const random = mulberry32(signal.seed);
      return Float32Array.from({ length: signal.samples }, () => (random() * 2 - 1) * signal.amplitude);
    }
    case 'sines':
      return Float32Array.from({ length: signal.samples }, (_, n) => {
        let sum = 0;
        for (const [amplitude, frequency, phase] of signal.terms) {
          sum += amplitude * Math.sin((2 * Math.PI * frequency * n) / 16_000 + phase);
        }
        const clip = signal.clip ?? Number.POSITIVE_INFINITY;
        return Math.min(Math.max(sum, -clip), clip);
      });
    case 'wav':
      // The 3 s excerpt of the golden files is the start of the repository's recording.
      if (signal.file === 'wav/jfk_3s.wav') return jfk().slice(0, 48_000);
      if (signal.file === 'wav/jfk.wav') return jfk();
      throw new Error(`no such recording in the repository: ${signal.file}`);
  }
}
