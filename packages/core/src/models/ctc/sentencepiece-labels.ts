import { AsrError } from '../../errors.js';
import { ProtobufMessage } from '../protobuf.js';

/**
 * The pieces of a SentencePiece model in order (`tokenizer.ckpt` of SpeechBrain, `bpe.model`, `tokenizer.model`): field 1 of
 * `sentencepiece_model.proto` is one piece each, whose field 1 is its text. Scores and rules are for splitting text, which
 * a CTC head doesn't need.
 *
 * @throws AsrError `MODEL_INVALID` when the bytes are no such model.
 */
export function parseSentencePieces(bytes: Uint8Array, name: string): string[] {
  const fail = (problem: string): AsrError =>
    new AsrError(
      'MODEL_INVALID',
      `${name}: not a SentencePiece model (${problem}). SpeechBrain's tokenizer.ckpt is one; other checkpoints are not.`,
    );
  const pieces: string[] = [];
  for (const field of new ProtobufMessage(bytes, fail).fields()) {
    if (field.number !== 1) continue;
    let piece: string | undefined;
    for (const part of field.message().fields()) if (part.number === 1) piece = part.text();
    if (piece === undefined) throw fail(`piece ${pieces.length} has no text`);
    pieces.push(piece);
  }
  if (pieces.length === 0) throw fail('it holds no pieces');
  return pieces;
}
