import { scaleLinear, scaleLog } from 'd3-scale';
import { formatRateWithInterval, formatSpeed } from '../figures.js';
import type { EvaluationReport } from '../report.js';
import { bottomAxis, leftAxis, percentTicks, plot, type Frame } from './axes.js';
import { html, type Markup } from './markup.js';
import { mark, round, whisker } from './marks.js';

const WIDTH = 620;
const HEIGHT = 360;
const FRAME: Frame = { left: 68, right: WIDTH - 20, top: 34, bottom: HEIGHT - 46 };
/** Least distance between the base lines of names. */
const LINE = 16;

/** Accuracy against speed, with intervals: what is low and on the right is better in both. */
export function scatterPlot({ candidates, recommendation }: EvaluationReport): Markup {
  const speeds = candidates.map(({ speed }) => speed);
  const limit = recommendation?.limits.minSpeed;
  const bounds = limit ? [...speeds, limit] : speeds;
  const x = scaleLog([Math.min(...bounds) / 1.5, Math.max(...bounds) * 1.5], [FRAME.left, FRAME.right]);
  const highest = Math.max(...candidates.map(({ score }) => score.wordErrorRateInterval.high), 0.01);
  const y = scaleLinear([0, highest], [FRAME.bottom, FRAME.top]).nice(5);
  const points = candidates.map(({ name, speed, score }, i) => {
    const { low, high } = score.wordErrorRateInterval;
    const at = x(speed);
    const text = `${name}: ${formatRateWithInterval(score.wordErrorRate, score.wordErrorRateInterval)}, ${formatSpeed(speed)} real time`;
    return html`<g
      ><title>${text}</title
      >${whisker(i, [at, y(low)], [at, y(high)])}${mark(i, at, y(score.wordErrorRate))}</g
    >`;
  });
  const names = candidates.map(({ name, speed, score }) => ({
    name,
    x: x(speed),
    y: y(score.wordErrorRate),
  }));
  const limitLine = limit
    ? html`<path class="limit" d="M${round(x(limit))} ${FRAME.top}V${FRAME.bottom}"
        ><title>slowest that was asked for</title></path
      >`
    : undefined;
  return plot('scatter', [WIDTH, HEIGHT], 'Word error rate against speed, by model', [
    leftAxis(FRAME, percentTicks(y.ticks(5), y), 'Word error rate (lower is better)'),
    bottomAxis(FRAME, speedTicks(x), 'Speed, times real time (further right is faster)'),
    html`${limitLine}`,
    ...points,
    ...spreadNames(names, recommendation?.choice),
  ]);
}

/** Decades are too few and every digit too many: 1, 2, 5. */
function speedTicks(scale: ReturnType<typeof scaleLog<number, number>>): { at: number; text: string }[] {
  const [from, to] = scale.domain() as [number, number];
  const ticks: { at: number; text: string }[] = [];
  for (let decade = Math.floor(Math.log10(from)); 10 ** decade <= to; decade++) {
    for (const digit of [1, 2, 5]) {
      const value = Number((digit * 10 ** decade).toPrecision(1));
      if (value >= from && value <= to) ticks.push({ at: scale(value), text: `${value}×` });
    }
  }
  return ticks;
}

/** Names beside their points, moved up or down where they would cover each other. */
function spreadNames(
  names: readonly { readonly name: string; readonly x: number; readonly y: number }[],
  choice: string | undefined,
): Markup[] {
  // Where a name of usual length would not fit to the right of its point.
  const turn = FRAME.left + 0.7 * (FRAME.right - FRAME.left);
  let lowest = FRAME.bottom + LINE - 6;
  return [...names]
    .sort((a, b) => b.y - a.y)
    .map(({ name, x, y }) => {
      const line = Math.min(y - 6, lowest - LINE);
      lowest = line;
      const [at, anchor] = x > turn ? [x - 10, 'end'] : [x + 10, 'start'];
      const weight = name === choice ? 700 : 400;
      return html`<text
        class="halo"
        x="${round(at)}"
        y="${round(line)}"
        text-anchor="${anchor}"
        font-weight="${weight}"
        style="font-weight:${weight}"
        >${name}</text
      >`;
    });
}
