import { AsrError } from '../errors.js';
import { languageOfToken, whisperLanguages } from './whisper-languages.js';

/** Token ids of Whisper's control tokens. */
export interface WhisperSpecialTokens {
  /** `<|endoftext|>`; every id below it is text. */
  readonly endOfText: number;
  /** `<|startoftranscript|>` */
  readonly startOfTranscript: number;
  /** Language code → id of `<|code|>`, in token order. English-only checkpoints have them too, and never use them. */
  readonly languages: ReadonlyMap<string, number>;
  /** `<|translate|>` */
  readonly translate: number;
  /** `<|transcribe|>` */
  readonly transcribe: number;
  /** `<|startoflm|>` */
  readonly startOfLm: number;
  /** `<|startofprev|>`, opens the prompt. */
  readonly startOfPrevious: number;
  /** `<|nospeech|>`, named `<|nocaptions|>` in older files. */
  readonly noSpeech: number;
  /** `<|notimestamps|>` */
  readonly noTimestamps: number;
  /** `<|0.00|>` */
  readonly timestampBegin: number;
  /** `<|30.00|>`; the ids from `timestampBegin` to this one step by 0.02 s. */
  readonly timestampEnd: number;
  /** Whether the model takes a language and a task token after `<|startoftranscript|>`. */
  readonly multilingual: boolean;
}

/** What the special ids are read from, best source first. */
export interface SpecialTokenSources {
  /** Where the tokens were read, for messages. */
  readonly origin: string;
  /** Token id by content, of the tokens outside byte-pair encoding. */
  readonly names: ReadonlyMap<string, number>;
  /** Number of byte-pair tokens, which is the id of `<|endoftext|>` in every published vocabulary. */
  readonly basePairs: number;
  /** Parsed `generation_config.json`. */
  readonly generationConfig?: Readonly<Record<string, unknown>> | undefined;
  /** Width of the logits (`vocab_size` of `config.json`). Needed when the tokenizer names no control tokens. */
  readonly modelVocabularySize?: number | undefined;
}

/** 0.00 … 30.00 in steps of 0.02 s. */
const TIMESTAMPS = 1501;
/** translate, transcribe, startoflm, startofprev, nospeech, notimestamps. */
const AFTER_LANGUAGES = 6;
/** `<|endoftext|>` of the English-only (GPT-2) vocabulary; the multilingual one has 50257. */
const ENGLISH_END_OF_TEXT = 50256;

/**
 * Finds Whisper's special ids: by the name of the token, else by `generation_config.json`, else from their order after
 * the byte-pair tokens (end of text, start, languages, translate, transcribe, start of LM, start of previous, no speech,
 * no timestamps, 1501 timestamps), which is that of every published checkpoint.
 *
 * @throws AsrError `MODEL_INVALID` when sources contradict each other or an id can't be found out.
 */
export function resolveSpecialTokens(sources: SpecialTokenSources): WhisperSpecialTokens {
  const config = new GenerationIds(sources);
  const named = (...contents: string[]): number | undefined => {
    for (const content of contents) {
      const id = sources.names.get(content);
      if (id !== undefined) return id;
    }
    return undefined;
  };
  const pick = (
    what: string,
    name: number | undefined,
    configured: Found | undefined,
    derived: () => number,
  ): number => agree(sources.origin, what, name, configured) ?? derived();

  const endOfText = pick(
    '<|endoftext|>',
    named('<|endoftext|>'),
    config.endOfText(),
    () => sources.basePairs,
  );
  const startOfTranscript = pick(
    '<|startoftranscript|>',
    named('<|startoftranscript|>'),
    config.id('decoder_start_token_id'),
    () => endOfText + 1,
  );
  const languages = findLanguages(sources, config, startOfTranscript, endOfText);
  // The six that follow the languages; a named one is an anchor for those that are not.
  const first =
    named('<|translate|>') ??
    shift(named('<|transcribe|>'), 1) ??
    shift(named('<|notimestamps|>') ?? config.id('no_timestamps_token_id')?.id, 5) ??
    startOfTranscript + 1 + languages.size;
  const noTimestamps = pick(
    '<|notimestamps|>',
    named('<|notimestamps|>'),
    config.id('no_timestamps_token_id'),
    () => first + 5,
  );
  const special: WhisperSpecialTokens = {
    endOfText,
    startOfTranscript,
    languages,
    translate: pick('<|translate|>', named('<|translate|>'), config.task('translate'), () => first),
    transcribe: pick('<|transcribe|>', named('<|transcribe|>'), config.task('transcribe'), () => first + 1),
    startOfLm: named('<|startoflm|>') ?? first + 2,
    startOfPrevious: pick(
      '<|startofprev|>',
      named('<|startofprev|>'),
      config.id('prev_sot_token_id'),
      () => first + 3,
    ),
    noSpeech: named('<|nospeech|>', '<|nocaptions|>') ?? first + 4,
    noTimestamps,
    ...findTimestamps(sources, noTimestamps),
    multilingual: config.multilingual() ?? (endOfText !== ENGLISH_END_OF_TEXT && languages.size > 0),
  };
  check(special, sources);
  return special;
}

interface Found {
  readonly id: number;
  readonly key: string;
}

/** The ids that `generation_config.json` may state. */
class GenerationIds {
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #origin: string;

  constructor(sources: SpecialTokenSources) {
    this.#config = sources.generationConfig ?? {};
    this.#origin = sources.origin;
  }

  id(key: string): Found | undefined {
    return this.#found(this.#config[key], key);
  }

  endOfText(): Found | undefined {
    // A list holds ids that end generation; the first one is the end of text.
    const value = this.#config['eos_token_id'];
    return this.#found(Array.isArray(value) ? (value as readonly unknown[])[0] : value, 'eos_token_id');
  }

  task(name: string): Found | undefined {
    return this.#found(this.#record('task_to_id')[name], `task_to_id.${name}`);
  }

  /** Language codes and ids, in id order. */
  languages(): readonly (readonly [string, number])[] {
    return Object.entries(this.#record('lang_to_id'))
      .map(([name, value]) => {
        const found = this.#found(value, `lang_to_id[${JSON.stringify(name)}]`);
        return [languageOfToken(name) ?? name.replace(/^<\|(.*)\|>$/u, '$1'), found?.id ?? -1] as const;
      })
      .filter(([, id]) => id >= 0)
      .sort((a, b) => a[1] - b[1]);
  }

  multilingual(): boolean | undefined {
    const value = this.#config['is_multilingual'];
    if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined;
    throw invalid(
      this.#origin,
      `generation_config.json: "is_multilingual" is ${show(value)}, expected true or false`,
    );
  }

  #record(key: string): Readonly<Record<string, unknown>> {
    const value = this.#config[key] ?? {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
    throw invalid(this.#origin, `generation_config.json: "${key}" is ${show(value)}, expected an object`);
  }

  #found(value: unknown, key: string): Found | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return { id: value, key };
    throw invalid(this.#origin, `generation_config.json: ${key} is ${show(value)}, expected a token id`);
  }
}

/** The id both sources state, or the one of them that does. */
function agree(
  origin: string,
  what: string,
  name: number | undefined,
  configured: Found | undefined,
): number | undefined {
  if (name !== undefined && configured !== undefined && name !== configured.id) {
    throw invalid(
      origin,
      `${what} is token ${name} in the tokenizer but ${configured.id} by generation_config.json (${configured.key})`,
    );
  }
  return name ?? configured?.id;
}

function findLanguages(
  sources: SpecialTokenSources,
  config: GenerationIds,
  startOfTranscript: number,
  endOfText: number,
): ReadonlyMap<string, number> {
  const named = new Map<string, number>();
  for (const [content, id] of sources.names) {
    const code = languageOfToken(content);
    if (code !== undefined) named.set(code, id);
  }
  const configured = config.languages();
  for (const [code, id] of configured) {
    agree(sources.origin, `<|${code}|>`, named.get(code), { id, key: `lang_to_id of "${code}"` });
  }
  // The configuration may know languages that were added by a fine-tune and are not in Whisper's list.
  if (named.size > 0 || configured.length > 0) {
    return new Map([...configured, ...named].sort((a, b) => a[1] - b[1]));
  }
  const size = sources.modelVocabularySize;
  if (size === undefined) {
    throw invalid(
      sources.origin,
      'it names no language tokens, and the size of the vocabulary is not known. Add config.json with "vocab_size"',
    );
  }
  const count = size - endOfText - 2 - AFTER_LANGUAGES - TIMESTAMPS;
  const codes = Object.keys(whisperLanguages);
  if (count !== codes.length && count !== codes.length - 1) {
    throw invalid(
      sources.origin,
      `it names no language tokens, and a model vocabulary of ${size} with ${endOfText} text tokens leaves ${count} ` +
        `of them (Whisper has ${codes.length - 1} or ${codes.length}). Add tokenizer.json or generation_config.json`,
    );
  }
  return new Map(codes.slice(0, count).map((code, i) => [code, startOfTranscript + 1 + i]));
}

function findTimestamps(
  sources: SpecialTokenSources,
  noTimestamps: number,
): Pick<WhisperSpecialTokens, 'timestampBegin' | 'timestampEnd'> {
  const begin = sources.names.get('<|0.00|>') ?? noTimestamps + 1;
  const last = sources.names.get('<|30.00|>') ?? begin + TIMESTAMPS - 1;
  if (last !== begin + TIMESTAMPS - 1) {
    throw invalid(
      sources.origin,
      `<|0.00|> is token ${begin} and <|30.00|> is ${last}, expected ${TIMESTAMPS} timestamps without a gap`,
    );
  }
  return { timestampBegin: begin, timestampEnd: last };
}

function check(special: WhisperSpecialTokens, sources: SpecialTokenSources): void {
  const { languages, multilingual, timestampBegin, timestampEnd, ...rest } = special;
  const owners = new Map<number, string>();
  for (const [name, id] of [...Object.entries(rest), ...languages]) {
    const other = owners.get(id);
    if (other !== undefined) throw invalid(sources.origin, `${other} and ${name} are both token ${id}`);
    if (id >= timestampBegin && id <= timestampEnd) {
      throw invalid(sources.origin, `${name} is token ${id}, which is a timestamp`);
    }
    if (id < special.endOfText) throw invalid(sources.origin, `${name} is token ${id}, which is text`);
    owners.set(id, name);
  }
  const size = sources.modelVocabularySize;
  if (size !== undefined && timestampEnd >= size) {
    throw invalid(
      sources.origin,
      `its last timestamp is token ${timestampEnd}, but the model's vocabulary has only ${size} tokens`,
    );
  }
  if (multilingual && languages.size === 0) {
    throw invalid(
      sources.origin,
      'generation_config.json says multilingual, but there are no language tokens',
    );
  }
}

function shift(id: number | undefined, by: number): number | undefined {
  return id === undefined ? undefined : id - by;
}

function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? String(value);
}

function invalid(origin: string, problem: string): AsrError {
  return new AsrError(
    'MODEL_INVALID',
    `${origin}: ${problem}. The tokenizer and the configuration must come from the same checkpoint.`,
  );
}
