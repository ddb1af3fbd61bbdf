/** Name under which the worklet registers its processor. */
export const PROCESSOR = 'asr-capture';

/**
 * The audio thread's part: mixes a block of 128 frames to mono and hands samples over in chunks. A text, because an
 * AudioWorklet is loaded by address: from a Blob, or from the copy that the package ships as `microphone-worklet.js`.
 */
export const WORKLET_SOURCE = `registerProcessor('${PROCESSOR}', class extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.chunk = new Float32Array(processorOptions.chunkLength);
    this.filled = 0;
    this.port.onmessage = () => {
      if (this.filled > 0) this.port.postMessage(this.chunk.slice(0, this.filled));
      this.port.postMessage(null);
      this.isOver = true;
    };
  }
  process([channels]) {
    if (this.isOver) return false;
    const frames = channels.length > 0 ? channels[0].length : 0;
    for (let i = 0; i < frames; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.chunk[this.filled++] = sum / channels.length;
      if (this.filled < this.chunk.length) continue;
      this.port.postMessage(this.chunk);
      this.filled = 0;
    }
    return true;
  }
});
`;
