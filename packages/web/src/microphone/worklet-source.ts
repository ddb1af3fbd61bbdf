import type { ArrivedChunk } from '@org/asr-core';

/** Name under which the worklet registers its processor; written out below, as bundlers keep a text that is put together. */
export const PROCESSOR = 'asr-capture';

/** What the worklet sends. */
export interface CapturedChunk extends ArrivedChunk {
  /** Mono. */
  readonly samples: Float32Array;
}

/**
 * The audio thread's part: mixes a block of 128 frames to mono and hands samples over in chunks. What comes after frames that
 * the input did not give begins another chunk; a few are missing often, just after the start. A text, because an AudioWorklet is
 * loaded by address: from a Blob, or from the copy that the package ships as `microphone-worklet.js`.
 */
export const WORKLET_SOURCE = `registerProcessor('asr-capture', class extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.chunk = new Float32Array(processorOptions.chunkLength);
    this.filled = 0;
    this.port.onmessage = () => {
      this.send();
      this.port.postMessage(null);
      this.isOver = true;
    };
  }
  process([channels]) {
    if (this.isOver) return false;
    const frames = channels.length > 0 ? channels[0].length : 0;
    if (frames > 0 && currentFrame - this.next > sampleRate / 10) this.send();
    for (let i = 0; i < frames; i++) {
      if (this.filled === 0) {
        this.frame = currentFrame + i;
        this.began = Date.now();
      }
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.chunk[this.filled++] = sum / channels.length;
      if (this.filled === this.chunk.length) this.send();
    }
    if (frames > 0) this.next = currentFrame + frames;
    return true;
  }
  send() {
    if (this.filled === 0) return;
    const samples = this.chunk.slice(0, this.filled);
    const { frame, began } = this;
    const { length } = samples;
    this.port.postMessage({ samples, length, frame, began, sent: Date.now() }, [samples.buffer]);
    this.filled = 0;
  }
});
`;
