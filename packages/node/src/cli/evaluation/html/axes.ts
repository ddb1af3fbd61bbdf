import { html, type Markup } from './markup.js';
import { round } from './marks.js';

/** The part of a plot that data lies in, in units of its view box. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A place on an axis and what it says. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** Grid lines and figures along the bottom. */
export function bottomAxis(
  { left, right, top, bottom }: Frame,
  ticks: readonly Tick[],
  title: string,
): Markup {
  const marks = ticks.map(
    ({ at, text }) =>
      html`<g class="tick"
        ><path class="grid" d="M${round(at)} ${top}V${bottom}" />
        <text x="${round(at)}" y="${bottom + 18}" text-anchor="middle">${text}</text></g
      >`,
  );
  return html`${marks}<text class="title" x="${(left + right) / 2}" y="${bottom + 40}" text-anchor="middle"
      >${title}</text
    >`;
}

/** Grid lines and figures along the left side; its title stands above it. */
export function leftAxis({ left, right, top }: Frame, ticks: readonly Tick[], title: string): Markup {
  const marks = ticks.map(
    ({ at, text }) =>
      html`<g class="tick"
        ><path class="grid" d="M${left} ${round(at)}H${right}" />
        <text x="${left - 8}" y="${round(at) + 4}" text-anchor="end">${text}</text></g
      >`,
  );
  return html`${marks}<text class="title" x="4" y="${top - 14}">${title}</text>`;
}

/** A plot as a picture with a name and a description, for those who hear it. */
export function plot(
  id: string,
  size: readonly [width: number, height: number],
  label: string,
  content: readonly Markup[],
): Markup {
  return html`<div class="scroll">
    <svg class="plot" viewBox="0 0 ${size[0]} ${size[1]}" role="img" aria-labelledby="${id}">
      <title id="${id}">${label}</title>
      ${content}
    </svg>
  </div>`;
}

/** Ticks at percents. */
export function percentTicks(values: readonly number[], place: (rate: number) => number): Tick[] {
  return values.map((value) => ({ at: place(value), text: `${Number((100 * value).toFixed(4))} %` }));
}
