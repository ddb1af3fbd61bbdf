import { describe, expect, it } from 'vitest';
import { AsrError } from '../errors.js';
import { resolveSpecialTokens, type SpecialTokenSources } from './whisper-special-tokens.js';

const multilingual: SpecialTokenSources = {
  origin: 'tokens',
  names: new Map(),
  basePairs: 50257,
  modelVocabularySize: 51865,
};

function resolve(change: Partial<SpecialTokenSources>, names: Record<string, number> = {}) {
  return resolveSpecialTokens({ ...multilingual, names: new Map(Object.entries(names)), ...change });
}

function failure(change: Partial<SpecialTokenSources>, names: Record<string, number> = {}): string {
  try {
    resolve(change, names);
  } catch (error) {
    if (AsrError.isInstance(error) && error.code === 'MODEL_INVALID') return error.message;
    throw error;
  }
  return 'no error';
}

describe('resolveSpecialTokens', () => {
  it('puts Cantonese last in a vocabulary of 51866', () => {
    const { languages, translate } = resolve({ modelVocabularySize: 51866 });
    expect(languages.get('yue')).toBe(50358);
    expect(translate).toBe(50359);
    expect(resolve({}).languages.has('yue')).toBe(false);
  });

  it('goes by names before anything else', () => {
    const special = resolve(
      { modelVocabularySize: 60000 },
      {
        '<|endoftext|>': 40000,
        '<|startoftranscript|>': 40001,
        '<|en|>': 40002,
        '<|0.00|>': 50000,
        '<|nocaptions|>': 40007,
      },
    );
    expect(special).toMatchObject({
      endOfText: 40000,
      startOfTranscript: 40001,
      translate: 40003,
      noSpeech: 40007,
      timestampBegin: 50000,
      timestampEnd: 51500,
      multilingual: true,
    });
    expect([...special.languages]).toEqual([['en', 40002]]);
  });

  it('takes what names lack from generation_config.json', () => {
    const special = resolve({
      modelVocabularySize: undefined,
      generationConfig: {
        eos_token_id: [50257],
        decoder_start_token_id: 50258,
        lang_to_id: { '<|zh|>': 50260, '<|en|>': 50259 },
        task_to_id: { translate: 50358, transcribe: 50359 },
        no_timestamps_token_id: 50363,
        prev_sot_token_id: 50361,
        is_multilingual: true,
      },
    });
    expect([...special.languages.keys()]).toEqual(['en', 'zh']);
    expect(special).toMatchObject({
      translate: 50358,
      startOfLm: 50360,
      noSpeech: 50362,
      timestampBegin: 50364,
    });
  });

  it('knows Hebrew by its old code, which the files of tiny.en have', () => {
    expect(
      resolve({}, { '<|en|>': 50259, '<|iw|>': 50279, '<|translate|>': 50358 }).languages.get('he'),
    ).toBe(50279);
  });

  it('works with padded logits when the tokenizer names the tokens', () => {
    const names = { '<|en|>': 50259, '<|translate|>': 50358 };
    expect(resolve({ modelVocabularySize: 51968 }, names).timestampBegin).toBe(50364);
  });

  it('takes is_multilingual from the configuration, else from the vocabulary', () => {
    expect(resolve({}).multilingual).toBe(true);
    expect(resolve({ basePairs: 50256, modelVocabularySize: 51864 }).multilingual).toBe(false);
    expect(resolve({ generationConfig: { is_multilingual: false } }).multilingual).toBe(false);
  });

  it.each([
    ['no_timestamps_token_id', { no_timestamps_token_id: 50364 }, { '<|notimestamps|>': 50363 }],
    ['lang_to_id', { lang_to_id: { '<|en|>': 50260 } }, { '<|en|>': 50259 }],
    ['task_to_id.translate', { task_to_id: { translate: 1 } }, { '<|translate|>': 50358 }],
    ['eos_token_id', { eos_token_id: 50256 }, { '<|endoftext|>': 50257 }],
    ['expected an object', { lang_to_id: [1] }, {}],
    ['expected a token id', { no_timestamps_token_id: 'x' }, {}],
    ['expected true or false', { is_multilingual: 'yes' }, {}],
  ])('refuses a contradiction or damage: %s', (said, generationConfig, names) => {
    expect(failure({ generationConfig }, names)).toContain(said);
  });

  it('refuses what can not be found out, and ids that collide', () => {
    expect(failure({ modelVocabularySize: undefined })).toContain('vocab_size');
    expect(failure({ modelVocabularySize: 51900 })).toContain('leaves 134');
    expect(failure({}, { '<|0.00|>': 50364, '<|30.00|>': 50400 })).toContain('without a gap');
    expect(failure({}, { '<|en|>': 50259, '<|de|>': 50259 })).toContain('both token 50259');
    expect(failure({}, { '<|transcribe|>': 7 })).toContain('text');
    expect(failure({ modelVocabularySize: 51000 }, { '<|en|>': 50259, '<|translate|>': 50358 })).toContain(
      '51000',
    );
  });
});
