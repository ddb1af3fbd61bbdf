import { describe, expect, it } from 'vitest';
import { AsrError } from '../../errors.js';
import { chooseWhisperFiles, detectWhisper } from './choose-files.js';

const WHISPER = { model_type: 'whisper' };

/** What a Hugging Face repository with every precision holds. */
const HUB = [
  'config.json',
  ...['', '_fp16', '_int8', '_q4', '_q4f16', '_quantized', '_uint8', '_bnb4'].flatMap((suffix) => [
    `onnx/decoder_model${suffix}.onnx`,
    `onnx/decoder_model_merged${suffix}.onnx`,
    `onnx/decoder_with_past_model${suffix}.onnx`,
    `onnx/encoder_model${suffix}.onnx`,
  ]),
];

function caught(work: () => unknown): AsrError {
  try {
    work();
  } catch (error) {
    if (error instanceof AsrError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('chooseWhisperFiles', () => {
  it.each([
    [undefined, 'int8', '_quantized'],
    ['int8', 'int8', '_quantized'],
    ['fp32', 'fp32', ''],
    ['fp16', 'fp16', '_fp16'],
    ['q4', 'q4', '_q4'],
    ['uint8', 'uint8', '_uint8'],
    ['q4f16', 'q4f16', '_q4f16'],
    ['bnb4', 'bnb4', '_bnb4'],
  ] as const)('takes %s from a hub repository', (wanted, quantization, suffix) => {
    expect(chooseWhisperFiles(HUB, WHISPER, wanted)).toMatchObject({
      layout: 'huggingface-merged',
      quantization,
      encoder: `onnx/encoder_model${suffix}.onnx`,
      decoder: `onnx/decoder_model_merged${suffix}.onnx`,
      externalData: {},
    });
  });

  it('finds files at the top as well as in onnx/', () => {
    const choice = chooseWhisperFiles(['encoder_model.onnx', 'decoder_model_merged.onnx'], WHISPER);
    expect(choice).toMatchObject({ encoder: 'encoder_model.onnx', decoder: 'decoder_model_merged.onnx' });
    expect(choice.reason).toBe(
      'config.json has model_type "whisper" and the files encoder_model.onnx, decoder_model_merged.onnx are a ' +
        'complete set of layout huggingface-merged; it is the only one, in fp32',
    );
  });

  it('takes the split layout where there is no merged decoder in that precision', () => {
    const names = HUB.filter((name) => !name.includes('merged') || name.includes('merged_fp16'));
    expect(chooseWhisperFiles(names, WHISPER, 'fp32')).toMatchObject({
      layout: 'huggingface-split',
      decoder: 'onnx/decoder_model.onnx',
      decoderWithPast: 'onnx/decoder_with_past_model.onnx',
    });
    expect(chooseWhisperFiles(names, WHISPER, 'fp16').layout).toBe('huggingface-merged');
  });

  it('takes files of one precision with different suffixes together', () => {
    const names = ['onnx/encoder_model_int8.onnx', 'onnx/decoder_model_merged_quantized.onnx'];
    expect(chooseWhisperFiles(names, WHISPER, 'int8')).toMatchObject({
      encoder: names[0],
      decoder: names[1],
    });
  });

  it('takes mixed precisions only where nothing else is there, and not when one was asked for', () => {
    const names = [
      'onnx/encoder_model.onnx',
      'onnx/encoder_model_fp16.onnx',
      'onnx/decoder_model_merged_q4.onnx',
    ];
    const choice = chooseWhisperFiles(names, WHISPER);
    expect(choice).toMatchObject({ encoder: names[0], decoder: names[2], quantization: undefined });
    expect(choice.reason).toContain('mixed precisions');
    expect(caught(() => chooseWhisperFiles(names, WHISPER, 'q4')).code).toBe('MODEL_NOT_FOUND');
    const uniform = chooseWhisperFiles([...names, 'onnx/decoder_model_merged_fp16.onnx'], WHISPER);
    expect(uniform.quantization).toBe('fp16');
  });

  it("takes the project's own layout first", () => {
    const choice = chooseWhisperFiles([...HUB, 'decoder.onnx', 'encoder.onnx'], WHISPER);
    expect(choice).toMatchObject({ layout: 'fast', encoder: 'encoder.onnx', quantization: undefined });
    expect(choice.reason).toMatch(/a precision that the names do not state is preferred to int8/u);
    const several = ['encoder_int8.onnx', 'decoder_int8.onnx', 'encoder_fp32.onnx', 'decoder_fp32.onnx'];
    expect(chooseWhisperFiles(several, WHISPER)).toMatchObject({ encoder: 'encoder_int8.onnx' });
    expect(chooseWhisperFiles(several, WHISPER, 'fp32')).toMatchObject({ encoder: 'encoder_fp32.onnx' });
  });

  it.each([
    [undefined, 'tiny.en-encoder.int8.onnx', 'tiny.en-decoder.int8.onnx'],
    ['fp32', 'tiny.en-encoder.onnx', 'tiny.en-decoder.onnx'],
  ] as const)("takes %s of sherpa-onnx's", (quantization, encoder, decoder) => {
    const names = [
      'tiny.en-decoder.int8.onnx',
      'tiny.en-decoder.onnx',
      'tiny.en-encoder.int8.onnx',
      'tiny.en-encoder.onnx',
      'tiny.en-tokens.txt',
    ];
    expect(chooseWhisperFiles(names, undefined, quantization)).toMatchObject({
      layout: 'sherpa',
      encoder,
      decoder,
    });
  });

  it('finds external data', () => {
    const names = [
      'onnx/encoder_model.onnx',
      'onnx/encoder_model.onnx_data',
      'onnx/encoder_model.onnx_data_1',
      'onnx/encoder_model.onnx_data.md5',
      'onnx/decoder_model_merged.onnx',
      'onnx/decoder_model_merged.onnx.data',
      'onnx/decoder_model_merged_fp16.onnx_data',
    ];
    expect(chooseWhisperFiles(names, WHISPER).externalData).toEqual({
      'onnx/encoder_model.onnx': ['onnx/encoder_model.onnx_data', 'onnx/encoder_model.onnx_data_1'],
      'onnx/decoder_model_merged.onnx': ['onnx/decoder_model_merged.onnx.data'],
    });
    const large = [
      'large-v3-encoder.onnx',
      'large-v3-encoder.weights',
      'large-v3-decoder.onnx',
      'large-v3-tokens.txt',
    ];
    expect(chooseWhisperFiles(large, undefined).externalData).toEqual({
      'large-v3-encoder.onnx': ['large-v3-encoder.weights'],
    });
  });

  it('lists what there is when a precision is missing', () => {
    const error = caught(() =>
      chooseWhisperFiles(['encoder_model.onnx', 'decoder_model_merged.onnx'], WHISPER, 'q4'),
    );
    expect(error.code).toBe('MODEL_NOT_FOUND');
    expect(error.message).toBe(
      'no Whisper graphs in precision q4; there are fp32 (encoder_model.onnx, decoder_model_merged.onnx). ' +
        'Ask for one of these, or leave `quantization` out',
    );
  });

  it('refuses two models in one place', () => {
    const names = ['tiny', 'base'].flatMap((name) => [
      `${name}-encoder.onnx`,
      `${name}-decoder.onnx`,
      `${name}-tokens.txt`,
    ]);
    const error = caught(() => chooseWhisperFiles(names, undefined));
    expect(error.code).toBe('MODEL_UNSUPPORTED');
    expect(error.message).toMatch(/tiny-encoder\.onnx and base-encoder\.onnx/u);
  });

  it('refuses what is no Whisper model', () => {
    expect(caught(() => chooseWhisperFiles(['model.onnx'], undefined)).code).toBe('MODEL_UNSUPPORTED');
  });
});

describe('detectWhisper', () => {
  it('gives its reason', () => {
    expect(detectWhisper(HUB, WHISPER)).toEqual({
      matches: true,
      reason:
        'config.json has model_type "whisper" and the files onnx/encoder_model_quantized.onnx, ' +
        'onnx/decoder_model_merged_quantized.onnx are a complete set of layout huggingface-merged',
    });
  });

  it.each([
    [
      'another model of the same file names',
      HUB,
      { model_type: 'moonshine' },
      /model_type "moonshine", not "whisper"/u,
    ],
    ['no config.json', HUB, undefined, /no config\.json/u],
    [
      'a transducer',
      ['encoder.onnx', 'decoder.onnx', 'joiner.onnx', 'tokens.txt'],
      undefined,
      /no config\.json/u,
    ],
    [
      "sherpa-onnx's transducer",
      ['en-encoder.onnx', 'en-decoder.onnx', 'en-joiner.onnx', 'en-tokens.txt'],
      undefined,
      /no config\.json/u,
    ],
    [
      'a missing decoder',
      ['onnx/encoder_model.onnx'],
      WHISPER,
      /looked for .*found onnx\/encoder_model\.onnx/u,
    ],
    [
      'encoder and decoder in different folders',
      ['encoder_model.onnx', 'onnx/decoder_model_merged.onnx'],
      WHISPER,
      /found/u,
    ],
    ['no graphs', ['model.safetensors'], WHISPER, /found no \.onnx file/u],
  ] as const)('does not match %s', (_, names, config, reason) => {
    expect(detectWhisper(names, config)).toEqual({
      matches: false,
      reason: expect.stringMatching(reason) as string,
    });
  });
});
