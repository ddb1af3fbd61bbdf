/** Discrete cosine transform (type II) from log filter energies to cepstral coefficients. */
export interface CepstrumOptions {
  /** Number of coefficients kept, c0 first. */
  readonly coefficients: number;
  /** `orthonormal` weights c0 by √(1/n) and the others by √(2/n) (Kaldi); `uniform` all by √(2/n) (TensorFlow). */
  readonly scaling: 'orthonormal' | 'uniform';
  /** Coefficient k is multiplied by 1 + L/2·sin(π·k/L); 0 for none. Kaldi's default is 22. */
  readonly lifter: number;
  /** Replace c0 by the logarithm of the frame's energy before pre-emphasis and windowing (Kaldi `use_energy`). */
  readonly energy: boolean;
}

/** Row-major [coefficients, filters] matrix of the transform, lifter included. */
export function cepstrumMatrix(options: CepstrumOptions, filters: number): Float64Array {
  const { coefficients, scaling, lifter } = options;
  const matrix = new Float64Array(coefficients * filters);
  for (let k = 0; k < coefficients; k++) {
    const norm = Math.sqrt((k === 0 && scaling === 'orthonormal' ? 1 : 2) / filters);
    const lift = lifter === 0 ? 1 : 1 + (lifter / 2) * Math.sin((Math.PI * k) / lifter);
    for (let n = 0; n < filters; n++) {
      matrix[k * filters + n] = lift * norm * Math.cos((Math.PI / filters) * (n + 0.5) * k);
    }
  }
  return matrix;
}
