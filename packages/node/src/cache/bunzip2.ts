import { PassThrough, Readable, pipeline } from 'node:stream';

/** Undoes bzip2. An error of the input or of the data is the output's. */
export function bunzip2(input: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const output = new PassThrough();
  void (async () => {
    const { default: unbzip2 } = await import('unbzip2-stream');
    pipeline(
      Readable.fromWeb(input as Parameters<typeof Readable.fromWeb>[0]),
      unbzip2() as NodeJS.ReadWriteStream,
      output,
      (error) => {
        if (error) output.destroy(error);
      },
    );
  })().catch((error: unknown) => output.destroy(error as Error));
  return Readable.toWeb(output) as ReadableStream<Uint8Array>;
}
