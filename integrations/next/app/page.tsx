import type { ReactNode } from 'react';
import { Transcriber } from './transcriber';

export default function Page(): ReactNode {
  return <Transcriber />;
}
