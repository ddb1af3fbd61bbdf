/** `asr evaluate`, `compare` and `bench`, held against what the toolkits of the fixtures recognised. */
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchResult } from '../../../packages/node/src/cli/evaluation/bench.js';
import type { EvaluationReport } from '../../../packages/node/src/cli/evaluation/report.js';
import { asr } from './run-cli.js';

const WAV2VEC2 = repositoryFile('tests/fixtures/digits-wav2vec2-ctc');
const NEMO = repositoryFile('tests/fixtures/digits-nemo-ctc');
const WHISPER = repositoryFile('packages/model-whisper-tiny-en/model');
const CLIPS = ['clip0_jackson', 'clip2_jackson', 'clip5_theo'];

interface Golden {
  readonly clips: readonly { readonly file: string; readonly ref: string; readonly text: string }[];
}

let folder: string;
/** A set in each layout, of the same three recordings. */
let sets: Readonly<Record<string, string>>;
/** What was said, by clip. */
let references: ReadonlyMap<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'asr-evaluate-'));
  const { clips } = JSON.parse(await readFile(join(WAV2VEC2, 'golden.json'), 'utf8')) as Golden;
  references = new Map(clips.map(({ file, ref }) => [file.replace('.wav', ''), ref]));
  sets = await writeSets();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeSets(): Promise<Readonly<Record<string, string>>> {
  const place = async (name: string, extension: string): Promise<string> => {
    const path = join(folder, name);
    for (const clip of CLIPS) await cp(join(WAV2VEC2, `${clip}.wav`), join(path, `${clip}.${extension}`));
    return path;
  };
  const lines = (line: (clip: string, text: string) => string): string =>
    CLIPS.map((clip) => `${line(clip, references.get(clip)!)}\n`).join('');
  const libriSpeech = await place('librispeech/19/198', 'flac');
  await writeFile(
    join(libriSpeech, '19-198.trans.txt'),
    lines((clip, text) => `${clip} ${text}`),
  );
  const kaldi = await place('kaldi', 'wav');
  await writeFile(
    join(kaldi, 'wav.scp'),
    lines((clip) => `${clip} ${clip}.wav`),
  );
  await writeFile(
    join(kaldi, 'text'),
    lines((clip, text) => `${clip} ${text}`),
  );
  await place('common-voice/clips', 'mp3');
  const tsv = join(folder, 'common-voice/test.tsv');
  await writeFile(tsv, `path\tsentence\n${lines((clip, text) => `${clip}.mp3\t${text}`)}`);
  await place('manifest', 'wav');
  const jsonl = join(folder, 'manifest.jsonl');
  await writeFile(
    jsonl,
    lines((clip, text) => JSON.stringify({ audio_filepath: `${clip}.wav`, text, condition: clip.slice(6) })),
  );
  const textFiles = await place('text-files', 'wav');
  for (const clip of CLIPS) await writeFile(join(textFiles, `${clip}.txt`), `${references.get(clip)!}\n`);
  return {
    librispeech: join(folder, 'librispeech'),
    kaldi,
    'common-voice': tsv,
    json: jsonl,
    'text-files': textFiles,
  };
}

async function run(args: readonly string[], code = 0): Promise<EvaluationReport> {
  const found = await asr([...args, '--json', '--quiet']);
  expect(found, found.stderr).toMatchObject({ code });
  return JSON.parse(found.stdout) as EvaluationReport;
}

describe('asr evaluate', () => {
  it.each(['librispeech', 'kaldi', 'common-voice', 'json', 'text-files'])(
    'counts errors of a %s set',
    async (layout) => {
      const { candidates, set } = await run([
        'evaluate',
        sets[layout]!,
        '--model',
        WAV2VEC2,
        '--normalizer',
        'basic',
      ]);
      // transformers recognised TEWRO, THT TWRE SFOUR, SEVEN EIGHT SIHT SEIXE THRE FONE FOUR (golden.json).
      expect(set).toMatchObject({ utterances: 3, words: 11 });
      expect(candidates[0]!.score.words).toEqual({ hits: 3, substitutions: 8, deletions: 0, insertions: 0 });
      expect(candidates[0]!.score.wordErrorRate).toBeCloseTo(8 / 11, 12);
      const texts = candidates[0]!.utterances.map(({ hypothesis }) => hypothesis.toUpperCase()).sort();
      expect(texts).toEqual(['SEVEN EIGHT SIHT SEIXE THRE FONE FOUR', 'TEWRO', 'THT TWRE SFOUR']);
    },
  );

  it('prints a table, errors by condition and the worst recordings', async () => {
    const { code, stdout } = await asr([
      'evaluate',
      sets['json']!,
      '--model',
      WAV2VEC2,
      '--normalizer',
      'basic',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^3 recordings, [\d.]+ s, 11 words; normaliser basic; intervals at 95 %\n/u);
    expect(stdout).toMatch(/digits-wav2vec2-ctc +72\.7 % \(57\.1–100\) /u);
    expect(stdout).toMatch(/jackson +100 %/u);
    expect(stdout).toContain('seven eight [six → siht] [six → seixe] [three → thre] [one → fone] four');
  });

  it('decodes as it is told', async () => {
    const greedy = await run(['evaluate', sets['json']!, '--model', WAV2VEC2]);
    const beam = await run([
      'evaluate',
      sets['json']!,
      '--model',
      WAV2VEC2,
      '--hotwords',
      'EIGHT:20,THREE:20,SIX:20',
    ]);
    expect(beam.candidates[0]!.score.wordErrorRate).toBeLessThan(greedy.candidates[0]!.score.wordErrorRate);
  });

  it('adds the same noise each time, and more of it does no good', async () => {
    const args = [
      'evaluate',
      sets['json']!,
      '--model',
      NEMO,
      '--normalizer',
      'basic',
      '--noise',
      'white,pink',
    ];
    const first = await run([...args, '--snr', '30,-10']);
    const again = await run([...args, '--snr', '30,-10']);
    const texts = ({ candidates }: EvaluationReport): string[] =>
      candidates[0]!.utterances.map(({ hypothesis }) => hypothesis);
    expect(texts(again)).toEqual(texts(first));
    const rates = first.candidates[0]!.byNoise.map(
      ({ noise, snr, score }) => [noise, snr, score.wordErrorRate] as const,
    );
    expect(rates.map(([noise, snr]) => [noise, snr])).toEqual([
      ['white', 30],
      ['white', -10],
      ['pink', 30],
      ['pink', -10],
    ]);
    expect(rates[1]![2]).toBeGreaterThan(rates[0]![2]);
    expect(rates[3]![2]).toBeGreaterThan(rates[2]![2]);
    const other = await run([...args, '--snr', '30,-10', '--seed', '1']);
    expect(texts(other)).not.toEqual(texts(first));
  });

  it('takes a sample that the seed chooses', async () => {
    const args = ['evaluate', sets['json']!, '--model', NEMO, '--sample', '2'];
    const ids = async (seed: string): Promise<string> =>
      (await run([...args, '--seed', seed])).utterances.map(({ id }) => id).join();
    expect(await ids('0')).toBe(await ids('0'));
    expect(new Set([await ids('0'), await ids('1'), await ids('2')]).size).toBeGreaterThan(1);
  });

  it.each<[readonly string[], number, RegExp]>([
    [['docs'], 1, /DATASET_INVALID: .*docs: this folder holds no set: looked for wav\.scp/u],
    [['no/such.tsv'], 1, /DATASET_INVALID: .*such\.tsv: there is no such file/u],
    [['README.md'], 1, /expected a folder, a \.tsv file/u],
    [['docs', '--snr', '3'], 2, /--noise must say which/u],
    [['docs', '--noise', 'white', '--snr', 'loud'], 2, /Expected a number/u],
  ])('refuses %j', async (args, code, message) => {
    const found = await asr(['evaluate', '--model', WAV2VEC2, ...args]);
    expect(found).toMatchObject({ code, stdout: '' });
    expect(found.stderr).toMatch(message);
  });

  it('says that babble needs voices', async () => {
    const found = await asr(['evaluate', sets['json']!, '--model', NEMO, '--noise', 'babble']);
    expect(found.code).toBe(2);
    expect(found.stderr).toMatch(/babble of 6 talkers needs as many other recordings/u);
  });
});

describe('asr compare', () => {
  it('measures in turn, keeps what is done, and goes on after it was stopped', async () => {
    const output = join(folder, 'report');
    const args = [
      'compare',
      `en=${sets['json']!}`,
      '-m',
      WAV2VEC2,
      '-m',
      NEMO,
      '-m',
      './nowhere',
      '--output',
      output,
    ];
    const stop = new AbortController();
    const stopped = asr(args, { signal: stop.signal });
    const isMeasured = async (): Promise<boolean> =>
      (await readdir(join(output, 'measurements')).catch(() => [])).some((name) => name.endsWith('.json'));
    await Promise.race([until(isMeasured), stopped]);
    stop.abort(new Error('stopped in mid-run'));
    expect(await stopped).toMatchObject({ code: 1, stdout: '' });

    const resumed = await asr(args);
    // Two were measured, one is not there: the report has all three.
    expect(resumed.code).toBe(3);
    expect(resumed.stderr).toContain('digits-wav2vec2-ctc: measured before');
    expect(resumed.stderr).not.toContain('digits-nemo-ctc: measured before');
    expect(resumed.stdout).toMatch(/nowhere {2}failed: MODEL_NOT_FOUND: there is no folder/u);
    expect(resumed.stdout).toMatch(/\nTake digits-nemo-ctc|\nTake digits-wav2vec2-ctc/u);

    // A recording that changed is another recording.
    await utimes(join(folder, 'manifest', `${CLIPS[0]!}.wav`), new Date(), new Date());
    expect((await asr(args)).stderr).not.toContain('measured before');

    const report = JSON.parse(await readFile(join(output, 'report.json'), 'utf8')) as EvaluationReport;
    expect(report.failed.map(({ name }) => name)).toEqual(['nowhere']);
    for (const candidate of report.candidates) {
      expect(candidate.peakMemory).toBeGreaterThan(30e6);
      expect(candidate.size).toBeGreaterThan(1e5);
      expect(candidate.loadSeconds).toBeGreaterThan(0);
      expect(candidate.speed * candidate.realTimeFactor).toBeCloseTo(1, 10);
      expect(candidate.firstResultSeconds).toBeGreaterThan(0);
    }
    const page = await readFile(join(output, 'report.html'), 'utf8');
    expect(page).not.toMatch(/<script|<link|https?:|url\(/u);
    for (const { name } of report.candidates) expect(page).toContain(name);
    expect(page).toContain('MODEL_NOT_FOUND');
  });

  it('recommends within limits only', async () => {
    const args = ['compare', `en=${sets['json']!}`, '-m', WAV2VEC2, '-m', NEMO];
    const { recommendation } = await run([...args, '--max-memory', '1']);
    expect(recommendation!.choice).toBeUndefined();
    expect(recommendation!.sentences[0]).toBe('None of the models keeps to the limits.');
    expect(recommendation!.excluded).toHaveLength(2);
    const found = await asr([...args, '--languages', 'de']);
    expect(found).toMatchObject({ code: 2, stdout: '' });
    expect(found.stderr).toContain('no recording is known to be in de');
  });

  it.skipIf(!hasTestData)('decodes each model by the options behind it', async () => {
    const models = testData('models');
    const lm = testData('lm/en-us.pruned.trie.bin');
    const args = ['compare', testData('audio/prompts/en-unseen.json'), '--language', 'en', '--sample', '8'];
    const ctc = `${models}/english-ctc`;
    const names = [ctc, `${ctc} --lm "${lm}" --beam 64 --hotwords 'pbx:10, asterisk:10'`, `${ctc} --beam 64`];
    const { candidates, recommendation } = await run([...args, ...names.flatMap((name) => ['-m', name])]);
    expect(candidates.map(({ name }) => name)).toEqual(names.map((name) => name.replace(`${models}/`, '')));
    const [plain, helped, beam] = candidates;
    const rate = ({ score }: (typeof candidates)[number]): number => score.wordErrorRate;
    expect(rate(helped!)).toBeLessThan(0.7 * rate(plain!));
    expect(rate(beam!)).toBeGreaterThan(rate(helped!));
    // The language model counts: it is loaded, and it is to be shipped.
    expect(helped!.size! - plain!.size!).toBe((await stat(lm)).size);
    expect(helped!.loadSeconds).toBeGreaterThan(0);
    expect(recommendation!.choice).toBe(helped!.name);
    // It is what evaluate finds with the same options.
    const single = await run([
      'evaluate',
      ...args.slice(1),
      '-m',
      ctc,
      '--lm',
      lm,
      '--beam',
      '64',
      '--hotwords',
      'pbx:10, asterisk:10',
    ]);
    expect(single.candidates[0]!.score.words).toEqual(helped!.score.words);
  });

  it.each<[string, RegExp]>([
    [`${WHISPER} --lm none.arpa`, /--model .*: --lm is not for whisper models: Whisper brings its own/u],
    [`${WHISPER} --hotwords two:5`, /Whisper knows no weights/u],
    [`${NEMO} --prompt two`, /--prompt is not for nemo-ctc models: CTC models take no text/u],
    [`${NEMO} --alpha 1`, /name one with --lm/u],
    [`${NEMO} --hotwords-file none.txt`, /the hotwords can't be read: .*none\.txt/u],
    [`${NEMO} --dtype fp32`, /unknown option '--dtype'.* options of decoding/u],
    [`${NEMO} --beam many`, /whole number/u],
    [`${NEMO} --hotwords "two`, /a quote is not closed/u],
    [`${NEMO} --beam 4 more`, /too many arguments/u],
  ])('refuses %j before anything is measured', async (model, message) => {
    const { code, stdout, stderr } = await asr(['compare', sets['json']!, '-m', WAV2VEC2, '-m', model]);
    expect(stderr).toMatch(message);
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({
      code: 2,
      stdout: '',
      lines: 1,
    });
  });

  it('has what only loading shows as a row', async () => {
    const vad = repositoryFile('packages/model-silero-vad/model');
    const { candidates, failed } = await run(
      ['compare', sets['json']!, '-m', NEMO, '-m', `${NEMO} --vad-model ${vad}`],
      3,
    );
    expect(candidates).toHaveLength(1);
    expect(failed[0]!.error).toMatch(/OPTION_UNSUPPORTED: vad/u);
  });

  it('reports a provider that is not there as a row', async () => {
    const report = await run(['compare', sets['json']!, '-m', NEMO, '--provider', 'cpu,qnn'], 3);
    expect(report.candidates.map(({ name }) => name)).toEqual(['digits-nemo-ctc cpu']);
    expect(report.failed).toMatchObject([
      { name: 'digits-nemo-ctc qnn', error: expect.stringMatching(/^BACKEND_UNAVAILABLE/u) as string },
    ]);
  });
});

describe('asr bench', () => {
  it('gives medians and ranges', async () => {
    const clip = join(WAV2VEC2, `${CLIPS[0]!}.wav`);
    const { code, stdout } = await asr(['bench', clip, '--model', NEMO, '--repeat', '2', '--json']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as BenchResult;
    expect(result.runs).toBe(2);
    for (const spread of [
      result.loadSeconds,
      result.coldSeconds,
      result.firstResultSeconds,
      result.speed,
      result.peakMemory,
    ]) {
      expect(spread.min).toBeGreaterThan(0);
      expect(spread.median).toBeGreaterThanOrEqual(spread.min);
      expect(spread.max).toBeGreaterThanOrEqual(spread.median);
    }
    const table = await asr(['bench', clip, '--model', NEMO, '--repeat', '1']);
    expect(table.stdout).toMatch(/Peak memory +\d+ MB/u);
  });

  it.skipIf(!hasTestData)('measures with a beam search and a language model, which count', async () => {
    const clip = testData('audio/prompts/en/vm-toreply.wav');
    const lm = testData('lm/en-us.pruned.trie.bin');
    const bench = async (...search: string[]): Promise<BenchResult> => {
      const model = testData('models/english-ctc');
      const run = await asr(['bench', clip, '--model', model, '--repeat', '1', '--json', ...search]);
      expect(run.code, run.stderr).toBe(0);
      return JSON.parse(run.stdout) as BenchResult;
    };
    const [plain, searched] = [await bench(), await bench('--beam', '64', '--lm', lm)];
    expect(searched.size! - plain.size!).toBe((await stat(lm)).size);
    const tinyEn = testData('models/whisper-tiny.en-fast');
    const whisper = await asr(['bench', clip, '--model', tinyEn, '--lm', lm, '--repeat', '1']);
    expect(whisper).toMatchObject({ code: 2, stdout: '' });
    expect(whisper.stderr).toContain('--lm is not for whisper models');
  });
});

describe.skipIf(!hasTestData)('on telephone prompts', () => {
  it('compares Whisper and a CTC model, by language', async () => {
    const set = join(folder, 'prompts');
    await mkdir(set);
    const entries = [];
    for (const [language, file, text] of [
      ['en', 'vm-toreply.wav', 'press 1 to send a reply'],
      ['en', 'conf-nonextended.wav', 'The conference cannot be extended.'],
      ['fr', 'vm-toreply.wav', 'pour répondre, appuyer sur 1'],
    ]) {
      await cp(testData(`audio/prompts/${language}/${file}`), join(set, `${language}-${file}`));
      entries.push({ audio: `${language}-${file}`, text, language });
    }
    await writeFile(join(set, 'set.json'), JSON.stringify(entries));
    const models = ['whisper-tiny.en-fast', 'whisper-base', 'english-ctc'].flatMap((name) => [
      '-m',
      testData(`models/${name}`),
    ]);
    const { candidates, recommendation } = await run([
      'compare',
      join(set, 'set.json'),
      ...models,
      '--languages',
      'en',
    ]);
    expect(candidates.map(({ name }) => name)).toEqual([
      'whisper-tiny.en-fast',
      'whisper-base',
      'english-ctc',
    ]);
    const [tiny, base, ctc] = candidates;
    expect(tiny!.byLanguage[0]).toMatchObject({ group: 'en', score: { wordErrorRate: 0 } });
    expect(base!.byLanguage[1]!.score.wordErrorRate).toBeLessThan(tiny!.byLanguage[1]!.score.wordErrorRate);
    expect(ctc!.speed).toBeGreaterThan(base!.speed);
    expect(recommendation!.ranking.every(({ score }) => score.utterances === 2)).toBe(true);
  });
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20));
}
