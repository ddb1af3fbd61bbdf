import type { Family } from '../../family.js';
import { singleGraphFamily } from './single-graph.js';

/**
 * PaddleSpeech's DeepSpeech 2 online: a graph of `audio_chunk` and the states of its LSTM layers, `vocab.txt` and
 * `mean_std.json` as they lie in its packages (`onnx/model.onnx`, `data/lang_char/vocab.txt`, `data/mean_std.json`) or beside
 * each other.
 */
export const deepSpeech2PaddleFamily: Family = /* @__PURE__ */ singleGraphFamily({
  name: 'deepspeech2-paddle',
  labelFiles: ['vocab.txt'],
  inFolders: true,
  expected: 'not audio_chunk and chunk_state_h_box',

  recognise: (facts) =>
    facts.has('inputs', 'audio_chunk') && facts.has('inputs', 'chunk_state_h_box')
      ? 'takes audio_chunk and chunk_state_h_box'
      : undefined,

  describe: async (parts) =>
    (await import('./deepspeech2-paddle-config.js')).describeDeepSpeech2Paddle(parts),
});
