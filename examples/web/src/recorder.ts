/** Records the microphone until it is stopped. */
export class Recorder {
  readonly #recorder: MediaRecorder;
  readonly #parts: Blob[] = [];

  /** Asks for the microphone. @throws DOMException `NotAllowedError`, `NotFoundError` as `getUserMedia`. */
  static async start(): Promise<Recorder> {
    return new Recorder(await navigator.mediaDevices.getUserMedia({ audio: true }));
  }

  private constructor(stream: MediaStream) {
    this.#recorder = new MediaRecorder(stream);
    this.#recorder.addEventListener('dataavailable', ({ data }) => this.#parts.push(data));
    this.#recorder.start();
  }

  /** Ends the recording and gives it. */
  async stop(): Promise<File> {
    const stopped = new Promise((resolve) =>
      this.#recorder.addEventListener('stop', resolve, { once: true }),
    );
    this.#recorder.stop();
    await stopped;
    for (const track of this.#recorder.stream.getTracks()) track.stop();
    const name = `recording ${new Date().toISOString().slice(0, 16).replaceAll(':', '-')}`;
    return new File(this.#parts, name, { type: this.#recorder.mimeType });
  }
}
