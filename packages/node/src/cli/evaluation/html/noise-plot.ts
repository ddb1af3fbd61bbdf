import { basename } from 'node:path';
import { scaleLinear, scalePoint } from 'd3-scale';
import { formatRateWithInterval } from '../figures.js';
import type { MeasuredCandidate } from '../report.js';
import { bottomAxis, leftAxis, percentTicks, plot, type Frame } from './axes.js';
import { html, type Markup } from './markup.js';
import { mark, polyline, whisker } from './marks.js';

const WIDTH = 460;
const HEIGHT = 320;
const FRAME: Frame = { left: 68, right: WIDTH - 16, top: 34, bottom: HEIGHT - 46 };

/** Word error rates as one kind of noise grows, a line per candidate. */
export function noisePlot(id: string, noise: string, candidates: readonly MeasuredCandidate[]): Markup {
  const name = basename(noise);
  const ratios = [
    ...new Set(
      candidates.flatMap(({ byNoise }) =>
        byNoise.filter((each) => each.noise === noise).map(({ snr }) => snr),
      ),
    ),
  ].sort((a, b) => b - a);
  const stops = ['none', ...ratios.map((ratio) => `${ratio} dB`)];
  const x = scalePoint(stops, [FRAME.left, FRAME.right]).padding(0.4);
  const curves = candidates.map(({ score, byNoise }) => [
    score,
    ...ratios.map((ratio) => byNoise.find((each) => each.noise === noise && each.snr === ratio)!.score),
  ]);
  const highest = Math.max(
    ...curves.flat().map(({ wordErrorRateInterval }) => wordErrorRateInterval.high),
    0.01,
  );
  const y = scaleLinear([0, highest], [FRAME.bottom, FRAME.top]).nice(5);
  const place = (stop: number): number => x(stops[stop]!)!;
  const drawn = curves.map((curve, i) => {
    // Side by side, so that intervals of several models can be seen.
    const shift = (i - (curves.length - 1) / 2) * 5;
    const points = curve.map(({ wordErrorRate }, stop) => [place(stop) + shift, y(wordErrorRate)] as const);
    const marks = curve.map(({ wordErrorRate, wordErrorRateInterval: { low, high } }, stop) => {
      const at = place(stop) + shift;
      const text = `${candidates[i]!.name}, ${stops[stop]}: ${formatRateWithInterval(wordErrorRate, { low, high })}`;
      return html`<g
        ><title>${text}</title>${whisker(i, [at, y(low)], [at, y(high)])}${mark(i, at, y(wordErrorRate))}</g
      >`;
    });
    return html`${polyline(i, points)}${marks}`;
  });
  const ticks = stops.map((text, stop) => ({ at: place(stop), text }));
  return plot(id, [WIDTH, HEIGHT], `Word error rate under ${name} noise, by model`, [
    leftAxis(FRAME, percentTicks(y.ticks(5), y), 'Word error rate (lower is better)'),
    bottomAxis(FRAME, ticks, `${name} noise, signal-to-noise ratio`),
    ...drawn,
  ]);
}
