import { readFileSync } from 'node:fs';
import { repositoryFile } from '@org/asr-testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AsrError } from '../../errors.js';
import { parseJsonObject } from '../../text/json-file.js';
import { parseTokenizerJson } from '../../text/tokenizer-json.js';
import { createWhisperTokenizer } from '../../text/whisper-tokenizer.js';
import { WhisperConfig } from './config.js';

const model = (name: string): Uint8Array =>
  readFileSync(repositoryFile(`packages/model-whisper-tiny-en/model/${name}`));
const config = parseJsonObject(model('config.json'), 'config.json');
const generation = parseJsonObject(model('generation_config.json'), 'generation_config.json');
const pairs = parseTokenizerJson(model('tokenizer.json'));
/** Without names for control tokens, so that the configuration is asked for them. */
const unnamed = { ...pairs, added: new Map() };

const KEYS = [
  ...Object.keys(config),
  ...Object.keys(generation),
  'alignment_heads',
  'is_multilingual',
  'lang_to_id',
  'task_to_id',
  'no_timestamps_token_id',
  'prev_sot_token_id',
  'decoder_start_token_id',
  'eos_token_id',
];
const value = fc.oneof(
  fc.jsonValue(),
  fc.integer(),
  fc.dictionary(fc.constantFrom('<|en|>', '<|es|>', 'transcribe', 'translate', '__proto__'), fc.jsonValue()),
  fc.array(fc.array(fc.integer({ min: -2, max: 9 }), { maxLength: 3 }), { maxLength: 4 }),
);
const changes = fc.dictionary(fc.constantFrom(...KEYS), value, { minKeys: 1, maxKeys: 4 });

describe('configuration files', () => {
  it('work or are an AsrError, whatever their fields hold', async () => {
    await fc.assert(
      fc.asyncProperty(changes, fc.boolean(), fc.option(fc.nat(60_000)), async (fields, named, width) => {
        try {
          const changed = new WhisperConfig({ ...config, ...fields }, { ...generation, ...fields });
          for (const [layer, head] of changed.alignmentHeads ?? [])
            expect(Math.min(layer, head)).toBeGreaterThan(-1);
          const tokenizer = await createWhisperTokenizer(named ? pairs : unnamed, {
            generationConfig: { ...generation, ...fields },
            modelVocabularySize: width ?? 51_864,
          });
          expect(tokenizer.decode(tokenizer.encode(' And so'))).toBe(' And so');
        } catch (error) {
          if (!AsrError.isInstance(error)) throw error;
          expect(['MODEL_INVALID', 'MODEL_UNSUPPORTED']).toContain(error.code);
        }
      }),
      { numRuns: 200 },
    );
  });
});
