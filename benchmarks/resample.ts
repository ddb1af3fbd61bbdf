/**
 * Processor time to resample one minute of mono audio to 16 kHz, whole and in chunks of 100 ms. With `--peer`, also
 * libsamplerate (WebAssembly; its medium quality has our pass band), which is installed to a temporary folder for this run only.
 *
 * Run: npx tsx benchmarks/resample.ts [--peer]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resample, Resampler } from '@org/asr-core';

const TO = 16_000;
const SECONDS = 60;
const ROUNDS = 3;

/** The part of @alexanderolsen/libsamplerate-js used here. */
interface LibSampleRate {
  create(
    channels: number,
    from: number,
    to: number,
    options: { readonly converterType: number },
  ): Promise<{ full(samples: Float32Array): Float32Array; destroy(): void }>;
  readonly ConverterType: {
    readonly SRC_SINC_BEST_QUALITY: number;
    readonly SRC_SINC_MEDIUM_QUALITY: number;
  };
}

function noise(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x8000_0000 - 1;
  });
}

/** Milliseconds of processor time per call, which a busy machine does not stretch; best of some after a warm-up. */
function best(call: () => unknown): string {
  call();
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    call();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return `${least.toFixed(0)} ms`;
}

function inChunks(samples: Float32Array, from: number): number {
  const resampler = new Resampler(from, TO);
  let total = 0;
  for (let at = 0; at < samples.length; at += from / 10) {
    total += resampler.push(samples.subarray(at, at + from / 10)).length;
  }
  return total + resampler.flush().length;
}

function loadPeer(): { readonly peer: LibSampleRate; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'asr-bench-'));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['install', '--prefix', folder, '--silent', '@alexanderolsen/libsamplerate-js@2.1.2']);
  const peer = createRequire(join(folder, 'x.js'))('@alexanderolsen/libsamplerate-js') as LibSampleRate;
  return { peer, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const installed = process.argv.includes('--peer') ? loadPeer() : undefined;
const rows: Record<string, Record<string, string>> = {};
for (const from of [44_100, 48_000, 8000, 44_099]) {
  const samples = noise(SECONDS * from);
  const row: Record<string, string> = {
    whole: best(() => resample(samples, from, TO)),
    'chunks of 100 ms': best(() => inChunks(samples, from)),
  };
  if (installed !== undefined) {
    const { peer } = installed;
    const converter = await peer.create(1, from, TO, {
      converterType: peer.ConverterType.SRC_SINC_MEDIUM_QUALITY,
    });
    // Version 2.1.2 throws on long input, so it gets one second at a time.
    row['libsamplerate medium'] = best(() => {
      for (let at = 0; at < samples.length; at += from) converter.full(samples.subarray(at, at + from));
    });
    converter.destroy();
  }
  rows[`${from} Hz`] = row;
}
installed?.remove();
console.log(`One minute of audio to ${TO} Hz, Node ${process.version}, processor time, best of ${ROUNDS}:`);
console.table(rows);
