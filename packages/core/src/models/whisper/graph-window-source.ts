import { languageProbabilities } from '../../decoding/whisper/language-detection.js';
import type { LogitRules } from '../../decoding/whisper/logit-rules.js';
import { buildPrompt } from '../../decoding/whisper/prompt.js';
import { searchAtTemperature, type SearchOptions } from '../../decoding/whisper/search-at-temperature.js';
import type { SearchResult } from '../../decoding/whisper/search.js';
import { WINDOW_FRAMES, FRAMES_PER_TIMESTAMP } from '../../decoding/whisper/token-ids.js';
import type {
  WindowAttempt,
  WindowDecoder,
  WindowRange,
  WindowSource,
} from '../../decoding/whisper/window-source.js';
import { splitIntoWords } from '../../decoding/whisper/word-split.js';
import { alignWords, tokenStartTimes, type AlignedWord } from '../../decoding/whisper/word-timing.js';
import type { WhisperLogMel } from '../../features/whisper-log-mel.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import type { EncodedAudio, WhisperGraphs } from './graphs.js';

/** Level below which nothing was recorded: the lowest bit of 16-bit audio is at −90 dBFS. */
const INAUDIBLE = -85;
/** No word is shorter than this many frames of 10 ms (whisper.cpp stops at 100 ms as well). */
const SHORTEST_WORD = 10;

/** How the windows of one transcription are decoded. */
export interface WindowSettings {
  readonly tokenizer: WhisperTokenizer;
  readonly rules: LogitRules;
  readonly search: SearchOptions;
  /** Whisper's code; absent for English-only models. */
  readonly language?: string | undefined;
  /** Whether every window is asked for its language, in place of `language`. */
  readonly languagePerWindow?: boolean;
  readonly task: 'transcribe' | 'translate';
  readonly hotwords: readonly number[];
  readonly maxNewTokens: number;
  readonly signal?: AbortSignal | undefined;
}

/** The windows of one recording, run through a model's graphs. */
export class GraphWindowSource implements WindowSource {
  readonly #graphs: WhisperGraphs;
  readonly #features: WhisperLogMel;
  readonly #loudness: Float32Array;
  readonly #settings: WindowSettings;

  /** @param loudness Level of every frame of 10 ms in dBFS. */
  constructor(
    graphs: WhisperGraphs,
    features: WhisperLogMel,
    loudness: Float32Array,
    settings: WindowSettings,
  ) {
    this.#graphs = graphs;
    this.#features = features;
    this.#loudness = loudness;
    this.#settings = settings;
  }

  isSilent({ seek, size }: WindowRange): boolean {
    if (size < SHORTEST_WORD) return true;
    return this.#loudness.subarray(seek, seek + size).every((level) => level < INAUDIBLE);
  }

  async open(window: WindowRange): Promise<WindowDecoder> {
    const { languagePerWindow, tokenizer, language } = this.#settings;
    const encoded = await encodeWindow(this.#graphs, this.#features, window);
    if (!languagePerWindow)
      return new GraphWindowDecoder(this.#graphs, encoded, window, this.#settings, language);
    try {
      const { languages, startOfTranscript } = tokenizer.special;
      const logits = await scoreStart(encoded, startOfTranscript);
      const heard = languageProbabilities(logits, languages)[0]!.language;
      return new GraphWindowDecoder(this.#graphs, encoded, window, this.#settings, heard);
    } catch (error) {
      encoded.dispose();
      throw error;
    }
  }
}

/** Features of a window, zeros behind its `size` frames, through the encoder. */
export function encodeWindow(
  graphs: WhisperGraphs,
  features: WhisperLogMel,
  { seek, size }: WindowRange,
): Promise<EncodedAudio> {
  const mel = features.window(seek);
  if (seek + size < features.contentFrames) {
    // A clip ends inside of the audio: what follows it must not be heard.
    for (let bin = 0; bin < features.bins; bin++) {
      mel.fill(0, bin * WINDOW_FRAMES + size, (bin + 1) * WINDOW_FRAMES);
    }
  }
  return graphs.encode(mel, WINDOW_FRAMES);
}

/** Raw logits right after `<|startoftranscript|>`, by which the language is told. */
export async function scoreLanguage(
  graphs: WhisperGraphs,
  features: WhisperLogMel,
  window: WindowRange,
  startOfTranscript: number,
): Promise<Float32Array> {
  const encoded = await encodeWindow(graphs, features, window);
  try {
    return await scoreStart(encoded, startOfTranscript);
  } finally {
    encoded.dispose();
  }
}

async function scoreStart(encoded: EncodedAudio, startOfTranscript: number): Promise<Float32Array> {
  const run = encoded.startDecoder();
  try {
    return (await run.append([startOfTranscript], 1, 0)).slice();
  } finally {
    run.dispose();
  }
}

class GraphWindowDecoder implements WindowDecoder {
  readonly #graphs: WhisperGraphs;
  readonly #encoded: EncodedAudio;
  readonly #window: WindowRange;
  readonly #settings: WindowSettings;
  readonly language?: string;

  constructor(
    graphs: WhisperGraphs,
    encoded: EncodedAudio,
    window: WindowRange,
    settings: WindowSettings,
    language: string | undefined,
  ) {
    this.#graphs = graphs;
    this.#encoded = encoded;
    this.#window = window;
    this.#settings = settings;
    if (language !== undefined) this.language = language;
  }

  async decode({ temperature, previous, prefix }: WindowAttempt): Promise<SearchResult> {
    const { tokenizer, rules, search, maxNewTokens, task, hotwords, signal } = this.#settings;
    const { maxTokens } = this.#graphs;
    const { special } = tokenizer;
    const prompt = buildPrompt(
      special,
      { language: this.#languageToken(), task, timestamps: rules.timestamps, previous, prefix, hotwords },
      maxTokens,
    );
    const run = this.#encoded.startDecoder();
    try {
      const request = { ...prompt, rules, maxNewTokens, maxTokens, signal };
      return await searchAtTemperature(run, request, temperature, search);
    } finally {
      run.dispose();
    }
  }

  /**
   * Feeds the transcript to the decoder once more and reads the times off its cross-attention
   * (openai/whisper `timing.py`, `find_alignment`).
   */
  async alignWords(textTokens: readonly number[]): Promise<readonly AlignedWord[]> {
    const { tokenizer, task, signal } = this.#settings;
    const { special } = tokenizer;
    const { prompt } = buildPrompt(
      special,
      { language: this.#languageToken(), task, timestamps: false },
      this.#graphs.maxTokens,
    );
    // Row `prompt.length − 1`, of <|notimestamps|>, predicts the first token of the text.
    const first = prompt.length - 1;
    signal?.throwIfAborted();
    const run = this.#encoded.startDecoder();
    try {
      const logits = await run.append([...prompt, ...textTokens, special.endOfText], 1, first);
      const size = run.vocabularySize;
      const probabilities = textTokens.map((token, i) =>
        textProbability(logits.subarray(i * size, i * size + special.endOfText), token),
      );
      const attention = await run.alignment();
      const timedRows = [first, first + textTokens.length + 1] as const;
      const positions = Math.floor(this.#window.size / FRAMES_PER_TIMESTAMP);
      const starts = tokenStartTimes({ ...attention, timedRows }, positions);
      return alignWords(splitIntoWords(textTokens, tokenizer, this.language), starts, probabilities);
    } finally {
      run.dispose();
    }
  }

  dispose(): void {
    this.#encoded.dispose();
  }

  #languageToken(): number | undefined {
    return this.language === undefined
      ? undefined
      : this.#settings.tokenizer.special.languages.get(this.language);
  }
}

/** Softmax over the text tokens alone. */
function textProbability(logits: Float32Array, token: number): number {
  let max = -Infinity;
  for (let id = 0; id < logits.length; id++) if (logits[id]! > max) max = logits[id]!;
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id]! - max);
  return Math.exp((logits[token] ?? -Infinity) - max) / sum;
}
