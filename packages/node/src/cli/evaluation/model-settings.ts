import { CommanderError } from '@commander-js/extra-typings';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { searchCommand, type SearchFlags } from '../search-options.js';

/** A model of a comparison, and how it decodes. */
export interface ModelWithSettings {
  /** As `resolveModel` takes it. */
  readonly model: string;
  /** The options behind it, as they were written; empty where there are none. */
  readonly settings: string;
  readonly search: SearchFlags;
}

const WORD = /(?:"[^"]*"|'[^']*'|[^\s"'])+/gu;

/**
 * Reads a model with options of its own behind it: `./english-ctc --lm en.arpa.gz --beam 64`. They are those that
 * `asr evaluate` has for decoding and voice activity; quotes hold words together.
 *
 * @throws UsageError for options that are none of these.
 */
export function parseModelSettings(text: string, cwd: string): ModelWithSettings {
  const at = existsSync(resolve(cwd, text)) ? -1 : text.search(/\s+--[a-z]/u);
  if (at < 0) return { model: text, settings: '', search: {} };
  const settings = text.slice(at).trim();
  return { model: text.slice(0, at), settings, search: parseSearch(settings, text) };
}

function parseSearch(settings: string, text: string): SearchFlags {
  if (settings.replaceAll(WORD, '').trim() !== '') throw wrong(text, 'a quote is not closed');
  const words = (settings.match(WORD) ?? []).map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/gu, '$1$2'));
  const command = searchCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .helpOption(false);
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw wrong(text, error.message.replace(/^error: /u, ''));
    throw error;
  }
  return command.opts();
}

function wrong(text: string, problem: string): UsageError {
  return new UsageError(
    `--model ${JSON.stringify(text)}: ${problem}. Behind a model go options of decoding: --beam, --lm, --hotwords, --vad…`,
  );
}
