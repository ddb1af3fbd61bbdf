import {
  languageProbabilities,
  type LanguageProbability,
} from '../../decoding/whisper/language-detection.js';
import { smoothLanguages } from '../../decoding/whisper/smooth-languages.js';
import { WINDOW_FRAMES } from '../../decoding/whisper/token-ids.js';
import type { FrameRange } from '../../vad/speech-timeline.js';

/** Samples of a frame of 10 ms. */
const FRAME = 160;
/** Speech over a shorter pause is one utterance: whoever changes the language makes a pause. Frames. */
const LONGEST_PAUSE = 50;
/**
 * What a change of language costs, in nats: one doubtful utterance among others of one language is taken for theirs unless it is 20 times
 * likelier in its own. Chosen on the seeds 1 to 3 of `benchmarks/mixed-languages.ts`: less costs runs of a language, more than 2 single
 * prompts.
 */
const SWITCH_PENALTY = 1.5;

/** How languages are told in a recording. */
export interface LanguageScorer {
  /** Raw logits right after `<|startoftranscript|>` of an utterance alone: mono, 16 kHz. */
  readonly score: (utterance: Float32Array) => Promise<Float32Array>;
  /** Tokens of languages by their codes. */
  readonly languages: ReadonlyMap<string, number>;
}

/** What is spoken in a recording, and where. */
export interface SpokenLanguages {
  /** In order; each reaches to the next one, the changes lie in the middle of the pauses between them. Frames of 10 ms. */
  readonly runs: readonly { readonly start: number; readonly language: string }[];
  /** The language that is spoken longest, with the mean of its probability there; undefined where there is no speech. */
  readonly main: LanguageProbability | undefined;
}

/**
 * Tells which languages are spoken where, by every utterance alone: padded with silence to 30 s, the model hears nothing of what is
 * around it. It takes a run of the encoder for each.
 *
 * @param samples Mono, 16 kHz.
 * @param speech In order and without overlap. Frames of 10 ms.
 * @throws The signal's reason when aborted; AsrError `BACKEND_FAILED`.
 */
export async function tellLanguages(
  samples: Float32Array,
  speech: readonly FrameRange[],
  { score, languages }: LanguageScorer,
  signal: AbortSignal | undefined,
): Promise<SpokenLanguages> {
  const utterances = joinUtterances(speech);
  const heard: (readonly LanguageProbability[])[] = [];
  for (const { start, end } of utterances) {
    signal?.throwIfAborted();
    heard.push(languageProbabilities(await score(samples.subarray(start * FRAME, end * FRAME)), languages));
  }
  const told = smoothLanguages(heard, SWITCH_PENALTY);
  return { runs: joinRuns(utterances, told), main: mainLanguage(utterances, told) };
}

/** Joins speech over short pauses, up to what the model hears at once. */
function joinUtterances(speech: readonly FrameRange[]): readonly FrameRange[] {
  const utterances: FrameRange[] = [];
  for (const { start, end } of speech) {
    const last = utterances.at(-1);
    const joins = last && start - last.end < LONGEST_PAUSE && end - last.start <= WINDOW_FRAMES;
    if (joins) utterances[utterances.length - 1] = { start: last.start, end };
    else utterances.push({ start, end });
  }
  return utterances;
}

function joinRuns(
  utterances: readonly FrameRange[],
  told: readonly LanguageProbability[],
): SpokenLanguages['runs'] {
  return told.flatMap(({ language }, i) => {
    if (language === told[i - 1]?.language) return [];
    const before = utterances[i - 1]?.end ?? 0;
    return [{ start: Math.floor((before + utterances[i]!.start) / 2), language }];
  });
}

function mainLanguage(
  utterances: readonly FrameRange[],
  told: readonly LanguageProbability[],
): LanguageProbability | undefined {
  const spoken = new Map<string, { frames: number; sum: number }>();
  for (const [i, { language, probability }] of told.entries()) {
    const length = utterances[i]!.end - utterances[i]!.start;
    const { frames, sum } = spoken.get(language) ?? { frames: 0, sum: 0 };
    spoken.set(language, { frames: frames + length, sum: sum + probability * length });
  }
  const [longest] = [...spoken].sort(([, a], [, b]) => b.frames - a.frames);
  return longest && { language: longest[0], probability: longest[1].sum / longest[1].frames };
}
