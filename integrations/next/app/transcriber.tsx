'use client';

import { loadModel } from '@org/asr-web';
import type { SpeechModel } from '@org/asr-web';
import { connectWorker } from '@org/asr-web/worker';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { useState } from 'react';
import type { ReactNode } from 'react';

async function transcribe(model: SpeechModel, file: File): Promise<string> {
  const { text } = await model.transcribe(file);
  await model.dispose();
  return JSON.stringify({ text, backend: model.info.backend });
}

export function Transcriber(): ReactNode {
  const [page, setPage] = useState('');
  const [worker, setWorker] = useState('');
  const start = async (file: File): Promise<void> => {
    setPage(await transcribe(await loadModel(whisperTinyEn), file));

    const worker = new Worker(new URL('./asr.worker.ts', import.meta.url), { type: 'module' });
    await using models = connectWorker(worker);
    setWorker(await transcribe(await models.loadModel(whisperTinyEn), file));
  };
  return (
    <>
      <input type="file" aria-label="Recording" onChange={(event) => void start(event.target.files![0]!)} />
      <output id="page">{page}</output>
      <output id="worker">{worker}</output>
    </>
  );
}
