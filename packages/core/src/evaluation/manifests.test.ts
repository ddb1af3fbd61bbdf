import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AsrError } from '../errors.js';
import { parseCommonVoice } from './common-voice.js';
import { parseJsonManifest } from './json-manifest.js';
import { parseKaldi } from './kaldi.js';
import { parseLibriSpeech } from './librispeech.js';

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (AsrError.isInstance(error) && error.code === 'DATASET_INVALID') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('parseLibriSpeech', () => {
  it('reads ids, texts and speakers', () => {
    const content =
      '1089-134686-0000 HE HOPED THERE WOULD BE STEW\r\n\r\n1089-134686-0001 STUFF IT INTO YOU\n';
    expect(parseLibriSpeech(content, 'x.trans.txt')).toEqual([
      {
        id: '1089-134686-0000',
        audio: '1089-134686-0000.flac',
        text: 'HE HOPED THERE WOULD BE STEW',
        speaker: '1089',
      },
      { id: '1089-134686-0001', audio: '1089-134686-0001.flac', text: 'STUFF IT INTO YOU', speaker: '1089' },
    ]);
  });

  it.each([
    ['', 'x.trans.txt: it holds no utterance.'],
    [' text without an id', 'x.trans.txt, line 1: expected an utterance id'],
    ['a ONE\n\nb TWO\na THREE', 'x.trans.txt, line 4: the utterance "a" is there twice, first in line 1'],
  ])('refuses %j', (content, message) => {
    expect(refusal(() => parseLibriSpeech(content, 'x.trans.txt'))).toContain(message);
  });
});

describe('parseKaldi', () => {
  const files = { wavScp: 'r1 /data/one.wav\nr2 two words.flac\n', text: 'r1 hello\nr2\n' };

  it('reads recordings as utterances', () => {
    expect(parseKaldi({ ...files, utt2spk: 'r1 anna', utt2lang: 'r1 en' }, 'dev')).toEqual([
      { id: 'r1', audio: '/data/one.wav', text: 'hello', speaker: 'anna', language: 'en' },
      { id: 'r2', audio: 'two words.flac', text: '' },
    ]);
  });

  it('reads segments', () => {
    const segmented = { ...files, text: 'u1 hello\nu2 there', segments: 'u1 r1 0.5 2\nu2 r2 3 -1\n' };
    expect(parseKaldi(segmented, 'dev')).toEqual([
      { id: 'u1', audio: '/data/one.wav', text: 'hello', start: 0.5, end: 2 },
      { id: 'u2', audio: 'two words.flac', text: 'there', start: 3 },
    ]);
  });

  it.each([
    [{ wavScp: 'r1 sph2pipe -f wav x.sph |' }, 'dev/wav.scp, line 1: this is a command'],
    [{ wavScp: 'r1 raw.ark:17' }, 'dev/wav.scp, line 1: this is a place in an archive'],
    [{ wavScp: 'r1' }, 'dev/wav.scp, line 1: nothing follows "r1"'],
    [{ wavScp: 'r1 a\nr1 b' }, 'dev/wav.scp, line 2: "r1" is there twice'],
    [{ text: '' }, 'dev/text: it holds no utterance'],
    [{ text: 'r1 x\nr3 y' }, 'dev/text, line 2: the recording "r3" is not in wav.scp'],
    [{ segments: 'u9 r1 0 1' }, 'dev/text, line 1: the utterance "r1" is not in segments'],
    [{ segments: 'r1 r9 0 1\nr2 r2 0 1' }, 'dev/segments, line 1: the recording "r9" is not in wav.scp'],
    [{ segments: 'r1 r1 2 1\nr2 r2 0 1' }, 'dev/segments, line 1: expected an utterance'],
    [{ segments: 'r1 r1 0\nr2 r2 0 1' }, 'dev/segments, line 1: expected an utterance'],
    [{ segments: 'r1 r1 0 x\nr2 r2 0 1' }, 'dev/segments, line 1: expected an utterance'],
  ])('refuses %j', (change, message) => {
    expect(refusal(() => parseKaldi({ ...files, ...change }, 'dev'))).toContain(message);
  });
});

describe('parseCommonVoice', () => {
  const header = 'client_id\tpath\tsentence\tup_votes\tlocale';

  it('finds columns by name', () => {
    const content = `${header}\nabc\tclip_1.mp3\tIl a dit "oui".\t2\tfr\n\tclip_2.mp3\t你好\t2\tzh-CN\n`;
    expect(parseCommonVoice(content, 'test.tsv')).toEqual([
      { id: 'clip_1', audio: 'clips/clip_1.mp3', text: 'Il a dit "oui".', language: 'fr', speaker: 'abc' },
      { id: 'clip_2', audio: 'clips/clip_2.mp3', text: '你好', language: 'zh' },
    ]);
  });

  it.each([
    ['', 'test.tsv: it is empty'],
    ['client_id\tpath\n', 'test.tsv, line 1: there is no column "sentence"'],
    [`${header}\na\tb.mp3\tc\n`, 'test.tsv, line 2: expected 5 columns, found 3'],
    [`${header}\na\t\tc\t1\ten\n`, 'test.tsv, line 2: the column "path" is empty'],
    [header, 'test.tsv: it holds no utterance'],
  ])('refuses %j', (content, message) => {
    expect(refusal(() => parseCommonVoice(content, 'test.tsv'))).toContain(message);
  });
});

describe('parseJsonManifest', () => {
  it("reads NeMo's lines", () => {
    const content =
      '{"audio_filepath": "a.wav", "duration": 3.2, "text": "hello"}\n' +
      '{"audio_filepath": "b.wav", "offset": 1.5, "duration": 2, "text": "there", "lang": "en", "snr": 3}\n';
    expect(parseJsonManifest(content, 'dev.jsonl')).toEqual([
      { id: 'a.wav', audio: 'a.wav', text: 'hello' },
      { id: 'b.wav@1.5', audio: 'b.wav', text: 'there', start: 1.5, end: 3.5, language: 'en' },
    ]);
  });

  it('reads an array', () => {
    const content =
      '\uFEFF[{"file": "x.wav", "text": "press 1", "condition": "car", "speaker": "s", "id": "1"}]';
    expect(parseJsonManifest(content, 'en.json')).toEqual([
      { id: '1', audio: 'x.wav', text: 'press 1', condition: 'car', speaker: 's' },
    ]);
  });

  it.each([
    ['', 'm.json: it holds no utterance'],
    ['[]', 'm.json: it holds no utterance'],
    ['[{"file": "x"', 'm.json: expected JSON'],
    ['{"file": "x", "text": "a"}\n{"file": "y"', 'm.json, line 2: expected JSON, found'],
    ['\n{"text": "a"}', 'm.json, line 2: it names no audio'],
    ['[{"file": "x", "text": "a"}, {"file": "y"}]', 'm.json, item 2: the key "text" is missing'],
    ['[7]', 'm.json, item 1: expected an object, found 7'],
    ['{"audio": 7, "text": "a"}', 'm.json, line 1: "audio": expected a string, found 7'],
    ['{"audio": "a", "text": "a", "offset": -1}', 'm.json, line 1: "offset": expected seconds, found -1'],
    [
      '{"audio": "a", "text": "a"}\n{"audio": "a", "text": "b"}',
      'm.json, line 2: the utterance "a" is there twice',
    ],
  ])('refuses %j', (content, message) => {
    expect(refusal(() => parseJsonManifest(content, 'm.json'))).toContain(message);
  });
});

describe('any manifest', () => {
  const token = fc.oneof(
    fc.constantFrom(
      'a',
      'path',
      'sentence',
      '\t',
      '\n',
      '\r\n',
      ' ',
      '|',
      '-1',
      '0',
      '2',
      '\uFEFF',
      '[',
      '{',
      '}',
      ']',
      '"text"',
      ':',
      ',',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const content = fc.array(token, { maxLength: 40 }).map((parts) => parts.join(''));

  it.each([
    ['LibriSpeech', (text: string) => parseLibriSpeech(text, 'f')],
    ['Common Voice', (text: string) => parseCommonVoice(`path\tsentence\n${text}`, 'f')],
    ['JSON', (text: string) => parseJsonManifest(text, 'f')],
    ['Kaldi', (text: string) => parseKaldi({ wavScp: text, text, segments: text }, 'f')],
    ['Kaldi without segments', (text: string) => parseKaldi({ wavScp: text, text }, 'f')],
  ])('%s: gives utterances with unique ids or says what is wrong', (_, parse) => {
    fc.assert(
      fc.property(content, (text) => {
        let utterances;
        try {
          utterances = parse(text);
        } catch (error) {
          expect(AsrError.isInstance(error) && error.code).toBe('DATASET_INVALID');
          expect((error as Error).message).toMatch(/^f/u);
          return;
        }
        expect(utterances.length).toBeGreaterThan(0);
        expect(new Set(utterances.map(({ id }) => id)).size).toBe(utterances.length);
        for (const { audio, start = 0, end = Infinity } of utterances) {
          expect(audio).not.toBe('');
          expect(end).toBeGreaterThan(start);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
