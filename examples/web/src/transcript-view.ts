import type { Segment } from '@org/asr-web';
import { clock, element } from './elements.js';

interface TimedWord {
  readonly start: number;
  readonly end: number;
  readonly node: HTMLElement;
}

/** The transcript on the page: segments as they become final, and the word that is heard just now. */
export class TranscriptView {
  readonly #list = element('segments');
  readonly #partial = element('partial');
  readonly #seek: (seconds: number) => void;
  #words: TimedWord[] = [];
  #current: TimedWord | undefined;

  /** @param seek called with the time of what the user has pointed at */
  constructor(seek: (seconds: number) => void) {
    this.#seek = seek;
  }

  clear(): void {
    this.#list.replaceChildren();
    this.#words = [];
    this.#current = undefined;
    this.showPartial('');
  }

  add(segment: Segment): void {
    const item = document.createElement('li');
    const start = document.createElement('button');
    start.type = 'button';
    start.className = 'time';
    start.textContent = clock(segment.start);
    start.setAttribute('aria-label', `Play from ${clock(segment.start)}`);
    start.addEventListener('click', () => this.#seek(segment.start));
    const text = document.createElement('p');
    text.append(...(segment.words ? this.#addWords(segment.words) : [segment.text]));
    item.append(start, text);
    this.#list.append(item);
  }

  /** `confirmed` is the part of `text` that stays. */
  showPartial(text: string, confirmed = ''): void {
    const kept = document.createElement('span');
    kept.className = 'confirmed';
    kept.textContent = confirmed;
    this.#partial.replaceChildren(kept, text.slice(confirmed.length));
  }

  /** Marks the word that is heard at this time. */
  highlight(seconds: number): void {
    const word = this.#words.findLast(({ start }) => start <= seconds);
    const current = word && seconds < word.end + 0.2 ? word : undefined;
    if (current === this.#current) return;
    this.#current?.node.removeAttribute('aria-current');
    current?.node.setAttribute('aria-current', 'true');
    this.#current = current;
  }

  #addWords(words: NonNullable<Segment['words']>): (HTMLElement | string)[] {
    return words.flatMap(({ text, start, end, confidence = 1 }) => {
      const node = document.createElement('span');
      node.className = 'word';
      node.textContent = text.trim();
      if (confidence < 0.5) node.title = `Unsure (${Math.round(confidence * 100)} %)`;
      node.addEventListener('click', () => this.#seek(start));
      this.#words.push({ start, end, node });
      return text.startsWith(' ') ? [' ', node] : [node];
    });
  }
}
