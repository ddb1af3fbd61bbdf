'use client';

import { loadModel } from '@org/asr-web';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { useState } from 'react';
import type { ReactNode } from 'react';

async function onPage(file: File): Promise<unknown> {
  await using model = await loadModel(whisperTinyEn);
  const { text } = await model.transcribe(file);
  return { text, backend: model.info.backend };
}

export function Transcriber(): ReactNode {
  const [page, setPage] = useState('');
  const [worker, setWorker] = useState('');
  const transcribe = async (file: File): Promise<void> => {
    setPage(JSON.stringify(await onPage(file)));
    const worker = new Worker(new URL('./asr.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }) => setWorker(JSON.stringify(data)));
    worker.postMessage(file);
  };
  return (
    <>
      <input
        type="file"
        aria-label="Recording"
        onChange={(event) => void transcribe(event.target.files![0]!)}
      />
      <output id="page">{page}</output>
      <output id="worker">{worker}</output>
    </>
  );
}
