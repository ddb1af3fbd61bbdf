import { html, type Markup } from './markup.js';

const COLORS = 8;
const SIZE = 5.5;

/** A candidate's mark: colour and shape, so that they can be told apart without colours. */
export function mark(candidate: number, x: number, y: number): Markup {
  return html`<g class="mark-${candidate % COLORS}" transform="translate(${round(x)} ${round(y)})"
    >${shape(candidate)}</g
  >`;
}

function shape(candidate: number): Markup {
  switch (candidate % 4) {
    case 0:
      return html`<circle r="${SIZE}" />`;
    case 1:
      return html`<rect x="${1 - SIZE}" y="${1 - SIZE}" width="${2 * SIZE - 2}" height="${2 * SIZE - 2}" />`;
    case 2:
      return html`<path d="M0 ${-SIZE - 1}L${SIZE + 1} ${SIZE - 1}H${-SIZE - 1}Z" />`;
    default:
      return html`<path d="M0 ${-SIZE - 1.5}L${SIZE + 1.5} 0L0 ${SIZE + 1.5}L${-SIZE - 1.5} 0Z" />`;
  }
}

/** A line from `from` to `to`, with bars at its ends: an interval. */
export function whisker(
  candidate: number,
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
): Markup {
  const [x1, y1, x2, y2] = [...from, ...to].map(round) as [number, number, number, number];
  const isUpright = x1 === x2;
  const bar = (x: number, y: number): string => (isUpright ? `M${x - 4} ${y}h8` : `M${x} ${y - 4}v8`);
  const path = `M${x1} ${y1}L${x2} ${y2}${bar(x1, y1)}${bar(x2, y2)}`;
  return html`<path
    class="mark-${candidate % COLORS}"
    d="${path}"
    fill="none"
    stroke-width="1.5"
    opacity=".75"
  />`;
}

/** A line through points. */
export function polyline(candidate: number, points: readonly (readonly [number, number])[]): Markup {
  const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
  return html`<path class="mark-${candidate % COLORS}" d="${path}" style="fill:none" stroke-width="2" />`;
}

/** Names beside their marks. */
export function legend(names: readonly string[]): Markup {
  const items = names.map(
    (name, i) => html`<li><svg viewBox="-8 -8 16 16" aria-hidden="true">${mark(i, 0, 0)}</svg>${name}</li>`,
  );
  return html`<ul class="legend">
    ${items}
  </ul>`;
}

/** Tenths of a unit are finer than any screen. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
