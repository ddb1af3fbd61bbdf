import WaveSurfer from 'wavesurfer.js';
import { button, clock, element } from './elements.js';

/** Waveform and playback of the recording. */
export class Player {
  readonly #wave: WaveSurfer;
  readonly #clock = element('clock');
  readonly #play = button('play');

  /** @param onTime called with the seconds that are heard, while they are */
  constructor(onTime: (seconds: number) => void) {
    this.#wave = WaveSurfer.create({
      container: element('waveform'),
      height: 56,
      barWidth: 3,
      barGap: 2,
      barRadius: 3,
      normalize: true,
      ...colours(),
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
      this.#wave.setOptions(colours()),
    );
    this.#wave.on('timeupdate', (seconds) => {
      this.#clock.textContent = clock(seconds);
      onTime(seconds);
    });
    this.#wave.on('play', () => this.#showState(true));
    this.#wave.on('pause', () => this.#showState(false));
    this.#wave.on('error', () => (element('player').hidden = true));
    this.#play.addEventListener('click', () => void this.#wave.playPause());
  }

  /** Shows a recording; nothing of it where the browser can't play it, which an `error` event tells. */
  show(recording: Blob): void {
    this.#showState(false);
    this.#clock.textContent = clock(0);
    element('player').hidden = false;
    this.#wave.loadBlob(recording).catch(() => undefined);
  }

  hide(): void {
    this.#wave.pause();
    element('player').hidden = true;
  }

  playFrom(seconds: number): void {
    this.#wave.setTime(seconds);
    void this.#wave.play();
  }

  #showState(playing: boolean): void {
    this.#play.setAttribute('aria-label', playing ? 'Pause' : 'Play');
    this.#play.classList.toggle('playing', playing);
  }
}

/** The waveform is a canvas, which doesn't follow the style sheet by itself. */
function colours(): { waveColor: string; progressColor: string; cursorColor: string } {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return { waveColor: value('--wave'), progressColor: value('--accent'), cursorColor: value('--text') };
}
