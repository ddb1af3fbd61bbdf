import { toJson, toPlainText, toSrt, toVtt } from '@org/asr-web';
import type { Transcript } from '@org/asr-web';

const formats: Readonly<
  Record<string, { readonly type: string; readonly write: (transcript: Transcript) => string }>
> = {
  srt: { type: 'application/x-subrip', write: (transcript) => toSrt(transcript) },
  vtt: { type: 'text/vtt', write: (transcript) => toVtt(transcript) },
  txt: { type: 'text/plain', write: (transcript) => toPlainText(transcript) },
  json: { type: 'application/json', write: (transcript) => toJson(transcript) },
};

/** Lets the user save the transcript. @param name of the recording */
export function saveTranscript(transcript: Transcript, name: string, format: string): void {
  const { type, write } = formats[format]!;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([write(transcript)], { type }));
  link.download = `${name.replace(/\.[^.]*$/, '')}.${format}`;
  link.click();
  URL.revokeObjectURL(link.href);
}
