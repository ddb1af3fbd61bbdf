/** Shape of an analysis window. `povey` is Kaldi's Hann window to the power 0.85. */
export type WindowType = 'hann' | 'hamming' | 'povey' | 'rectangular';

/**
 * Window coefficients.
 *
 * @param periodic true for the periodic form (period = length, as spectral analysis wants it), false for the symmetric
 *   one (both ends equal, period = length − 1)
 */
export function analysisWindow(type: WindowType, length: number, periodic: boolean): Float64Array {
  const period = periodic ? length : length - 1;
  return Float64Array.from({ length }, (_, n) => {
    const cosine = length === 1 ? -1 : Math.cos((2 * Math.PI * n) / period);
    switch (type) {
      case 'hann':
        return 0.5 - 0.5 * cosine;
      case 'hamming':
        return 0.54 - 0.46 * cosine;
      case 'povey':
        return (0.5 - 0.5 * cosine) ** 0.85;
      case 'rectangular':
        return 1;
    }
  });
}
