/** An element of the page by its id and kind. */
function find<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

export const element = (id: string): HTMLElement => find(id, HTMLElement);
export const button = (id: string): HTMLButtonElement => find(id, HTMLButtonElement);
export const select = (id: string): HTMLSelectElement => find(id, HTMLSelectElement);
export const input = (id: string): HTMLInputElement => find(id, HTMLInputElement);

/** Shows how far something is; `undefined` while that can't be said. */
export function showProgress(
  name: 'download' | 'transcribe',
  fraction: number | undefined,
  text: string,
): void {
  element('progress').hidden = false;
  element(`${name}-row`).hidden = false;
  const bar = find(name, HTMLProgressElement);
  if (fraction === undefined) bar.removeAttribute('value');
  else bar.value = fraction;
  element(`${name}-text`).textContent = text;
}

export function hideProgress(...names: readonly ('download' | 'transcribe')[]): void {
  for (const name of names) element(`${name}-row`).hidden = true;
  const rows = [...element('progress').children] as HTMLElement[];
  element('progress').hidden = rows.every(({ hidden }) => hidden);
}

/** Seconds as 1:05. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
