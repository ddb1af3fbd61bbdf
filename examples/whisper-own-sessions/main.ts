/** Transcribes the first 30 s of a WAV file with Whisper's parts: `tsx main.ts <file.wav>`. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  alignWords,
  beamSearch,
  buildPrompt,
  createNodeBackend,
  createTensor,
  disposeTensors,
  loadWhisperTokenizer,
  LogitRules,
  openModel,
  prepareAudio,
  readWav,
  splitIntoWords,
  splitWindow,
  tokenStartTimes,
  whisperLogMel,
} from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { PlainScorer } from './plain-scorer.js';

const MAX_TOKENS = 448;
const path = process.argv[2];
if (path === undefined) throw new TypeError('usage: tsx main.ts <file.wav>');
const wav = readWav(await readFile(resolve(process.env['INIT_CWD'] ?? process.cwd(), path)));
const samples = (await prepareAudio(wav, 16_000)).subarray(0, 30 * 16_000);

const files = await openModel(whisperTinyEn);
const tokenizer = await loadWhisperTokenizer(files);
const { special } = tokenizer;
await using backend = await createNodeBackend();
await using encoder = await backend.createSession(await files.open('encoder.onnx'));
await using decoder = await backend.createSession(await files.open('decoder.onnx'));

// Audio to features to what the decoder listens to.
const mel = whisperLogMel(samples, { bins: 80, length: 30 * 16_000 });
const input_features = createTensor('float32', mel.data, [1, mel.bins, mel.frames]);
const encoded = await encoder.run({ input_features });

// Tokens, by the rules of openai/whisper and five beams.
const rules = new LogitRules({
  tokens: special,
  vocabularySize: tokenizer.vocabularySize,
  blankTokens: tokenizer.encode(' '),
  suppressTokens: tokenizer.nonSpeechTokens(),
  maxInitialTimestamp: 50,
});
const scorer = new PlainScorer(decoder, encoded, tokenizer.vocabularySize);
const found = await beamSearch(
  scorer,
  { ...buildPrompt(special, {}, MAX_TOKENS), rules, maxNewTokens: 224, maxTokens: MAX_TOKENS },
  { beamSize: 5 },
);

// Segments, from the timestamps among the tokens.
const isText = (id: number): boolean => id < special.endOfText;
const frames = Math.floor(samples.length / 160);
for (const { start, end, tokens } of splitWindow(found.tokens, special, 0, frames).segments) {
  console.log(`${start.toFixed(2)} – ${end.toFixed(2)}${tokenizer.decode(tokens.filter(isText))}`);
}

// Word times, from where the decoder listens when it reads the text once more.
const text = found.tokens.filter(isText);
const { prompt } = buildPrompt(special, { timestamps: false }, MAX_TOKENS);
const attention = await scorer.attention([...prompt, ...text, special.endOfText]);
const first = prompt.length - 1;
const starts = tokenStartTimes({ ...attention, timedRows: [first, first + text.length + 1] }, frames >> 1);
const words = alignWords(
  splitIntoWords(text, tokenizer, 'en'),
  starts,
  text.map(() => 1),
);
console.log(words.map((word) => `${word.text.trim()} ${word.start.toFixed(2)}`).join(' | '));
console.log(
  `mean log-probability ${found.avgLogProb.toFixed(2)}, no speech ${found.noSpeechProb.toFixed(2)}`,
);
disposeTensors(encoded);
