/**
 * What happens where a frame reaches past the audio.
 *
 * - `snip`: frames start at sample 0 and must fit, so up to a frame's length of the end is unused (Kaldi `snip_edges`).
 * - `snip-padded`: as `snip`, and one more frame, filled with zeros, takes the end (DeepSpeech's native client).
 * - `mirror`: frame t is centred on sample hop·(t + ½); the audio is mirrored, its end samples repeated (Kaldi without
 *   `snip_edges`).
 * - `center-reflect`, `center-zero`: frame t is centred on sample hop·t; the audio is reflected about its end samples, or
 *   surrounded by zeros (`torch.stft(center=True)`, librosa). Audio shorter than the padding, which torch refuses, is
 *   reflected to and fro as by `numpy.pad`.
 */
export type FrameEdges = 'snip' | 'snip-padded' | 'mirror' | 'center-reflect' | 'center-zero';

/** How audio is cut into overlapping frames; lengths in samples. */
export interface Framing {
  /** Length of a frame: 400 for 25 ms at 16 kHz. */
  readonly frameLength: number;
  /** Distance of their starts: 160 for 10 ms at 16 kHz. */
  readonly hopLength: number;
  /** Where frames lie at the ends of the audio. */
  readonly edges: FrameEdges;
  /** Leave out the last of the centred frames, so that there are ⌊samples / hop⌋. Default false. */
  readonly dropLastFrame?: boolean;
}

/** Index of a frame's first sample; negative where the frame begins before the audio. */
export function frameStart({ frameLength, hopLength, edges }: Framing, frame: number): number {
  switch (edges) {
    case 'snip':
    case 'snip-padded':
      return frame * hopLength;
    case 'mirror':
      return frame * hopLength + Math.floor(hopLength / 2) - Math.floor(frameLength / 2);
    case 'center-reflect':
    case 'center-zero':
      return frame * hopLength - Math.ceil(frameLength / 2);
  }
}

/** Number of frames of `samples` samples of finished audio; 0 for none. */
export function frameCount(framing: Framing, samples: number): number {
  const { frameLength, hopLength, edges } = framing;
  if (samples <= 0) return 0;
  const whole = samples < frameLength ? 0 : 1 + Math.floor((samples - frameLength) / hopLength);
  switch (edges) {
    case 'snip':
      return whole;
    case 'snip-padded':
      return whole + 1;
    case 'mirror':
      return Math.floor((samples + Math.floor(hopLength / 2)) / hopLength);
    case 'center-reflect':
    case 'center-zero':
      return Math.floor(samples / hopLength) + (framing.dropLastFrame === true ? 0 : 1);
  }
}

/** Number of frames that need no sample beyond the first `samples`: those of unfinished audio. */
export function framesComplete(framing: Framing, samples: number): number {
  const { frameLength, hopLength, edges } = framing;
  const start = frameStart(framing, 0);
  // What the first frame shows of before the audio is a reflection, which may reach further than the frame itself.
  const reflected = edges === 'center-reflect' ? 1 - start : edges === 'mirror' ? -start : 0;
  if (samples < reflected) return 0;
  const room = samples - frameLength - start;
  const fitting = room < 0 ? 0 : 1 + Math.floor(room / hopLength);
  // Frames shorter than their hop may fit although the audio could still end before they count.
  return Math.min(fitting, frameCount(framing, samples));
}

/** The sample that stands at `index` (maybe outside of the audio) of audio of `samples` samples; −1 for a zero. */
export function edgeIndex(edges: FrameEdges, index: number, samples: number): number {
  let at = index;
  switch (edges) {
    case 'snip':
    case 'snip-padded':
    case 'center-zero':
      return at >= 0 && at < samples ? at : -1;
    case 'mirror':
      // Short audio may have to be mirrored more than once.
      while (at < 0 || at >= samples) at = at < 0 ? -at - 1 : 2 * samples - 1 - at;
      return at;
    case 'center-reflect':
      if (samples === 1) return 0;
      while (at < 0 || at >= samples) at = at < 0 ? -at : 2 * (samples - 1) - at;
      return at;
  }
}
