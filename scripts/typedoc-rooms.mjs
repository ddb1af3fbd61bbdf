/**
 * Groups the API reference by what names are for. Core exports some hundred names from one module; each belongs to the
 * room (folder) that it is written in, so the folder says the category and nobody has to.
 */
import { Comment, CommentTag, Converter } from 'typedoc';

/**
 * Titles by the folder under `src`, the longest that fits. Names of no folder are what everybody starts with.
 * @type {Readonly<Record<string, string>>}
 */
const TITLES = {
  audio: 'Audio',
  evaluation: 'Evaluation',
  decoding: 'Decoding',
  'decoding/ctc': 'CTC decoding',
  'decoding/whisper': 'Whisper decoding',
  features: 'Features',
  hub: 'Model files',
  cache: 'Model files',
  inference: 'Inference',
  lm: 'Language models',
  metrics: 'Metrics',
  models: 'Model families',
  streaming: 'Streaming',
  text: 'Text',
  transcript: 'Transcripts',
  vad: 'Voice activity',
};

/**
 * Called by typedoc.
 * @param {import('typedoc').Application} app
 */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const reflection of context.project.children ?? []) {
      const path = context.project.getSymbolIdFromReflection(reflection)?.packagePath;
      if (path === undefined) continue;
      reflection.comment ??= new Comment();
      reflection.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: titleOf(path) }]));
    }
  });
}

/**
 * @param {string} path Of the source file in its package.
 * @returns {string}
 */
function titleOf(path) {
  const folders = path.split('/').slice(1, -1);
  for (let length = folders.length; length > 0; length--) {
    const title = TITLES[folders.slice(0, length).join('/')];
    if (title !== undefined) return title;
  }
  return 'Start here';
}
