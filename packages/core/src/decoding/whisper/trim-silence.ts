import type { Word } from '../../transcript/transcript.js';
import { FRAMES_PER_SECOND } from './token-ids.js';

/** A frame this far below the loud parts of its segment is silent, in dB. Speech fades by less within a word. */
const SILENCE_BELOW = 35;
/** Rank of the level that counts as loud: 1 in 20 frames is louder. */
const LOUD_RANK = 0.95;
/** Left of the silence at both ends, so that soft sounds at a word's edge stay inside. Frames. */
const MARGIN = 5;
/** A sound at the edge that is shorter than this, and as far from the rest as `ISOLATION`, belongs to a neighbour. Frames. */
const ISLAND = 20;
const ISOLATION = 30;

/**
 * Moves the ends of a segment inwards over silence. Whisper places them by what usually comes when, often at whole
 * seconds, so they lie seconds inside of long pauses; what is loud enough to be speech is known better from the audio.
 * The ends never move outwards, and audio without clear pauses (noise, music) leaves them where they are.
 *
 * @param loudness Level of every frame of 10 ms, in dB, see `frameLoudness`.
 */
export function trimSilence<
  S extends { readonly start: number; readonly end: number; readonly words?: readonly Word[] },
>(segment: S, loudness: Float32Array): S {
  const first = Math.round(segment.start * FRAMES_PER_SECOND);
  const end = Math.min(Math.round(segment.end * FRAMES_PER_SECOND), loudness.length);
  if (end - first < 2) return segment;
  const levels = loudness.subarray(first, end);
  const threshold = levels.toSorted()[Math.floor(LOUD_RANK * (levels.length - 1))]! - SILENCE_BELOW;
  const sounds = findSounds(levels, threshold);
  while (sounds.length > 1 && isStray(sounds[0]!, sounds[1]!.start - sounds[0]!.end)) sounds.shift();
  while (sounds.length > 1 && isStray(sounds.at(-1)!, sounds.at(-1)!.start - sounds.at(-2)!.end))
    sounds.pop();
  const [head, tail] = [sounds[0], sounds.at(-1)];
  if (!head || !tail) return segment;
  const start = Math.max(segment.start, (first + head.start - MARGIN) / FRAMES_PER_SECOND);
  const stop = Math.min(segment.end, (first + tail.end + MARGIN) / FRAMES_PER_SECOND);
  const clamp = (time: number): number => Math.min(Math.max(time, start), stop);
  const words = segment.words?.map((word) => ({ ...word, start: clamp(word.start), end: clamp(word.end) }));
  return { ...segment, start, end: stop, ...(words && { words }) };
}

interface Sound {
  readonly start: number;
  readonly end: number;
}

function isStray(sound: Sound, distance: number): boolean {
  return sound.end - sound.start < ISLAND && distance >= ISOLATION;
}

/** Runs of frames above the threshold. */
function findSounds(levels: Float32Array, threshold: number): Sound[] {
  const sounds: Sound[] = [];
  let start = -1;
  for (let frame = 0; frame <= levels.length; frame++) {
    const loud = frame < levels.length && levels[frame]! > threshold;
    if (loud && start < 0) start = frame;
    if (!loud && start >= 0) {
      sounds.push({ start, end: frame });
      start = -1;
    }
  }
  return sounds;
}
