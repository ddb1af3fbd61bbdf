import { describe, expect, it } from 'vitest';
import { recorders } from './recorders.js';

const programs = (device: string | undefined, platform: NodeJS.Platform): string[] =>
  recorders(device, platform).map(({ program }) => program);

describe('recorders', () => {
  it('are those of the system; ffmpeg needs the name of a device on Windows', () => {
    expect(programs(undefined, 'linux')).toEqual(['arecord', 'rec', 'ffmpeg']);
    expect(programs(undefined, 'darwin')).toEqual(['arecord', 'rec', 'ffmpeg']);
    expect(programs(undefined, 'win32')).toEqual(['arecord', 'rec']);
    expect(programs('Headset', 'win32')).toEqual(['arecord', 'rec', 'ffmpeg']);
  });

  it('are told a device', () => {
    const [alsa, sox, ffmpeg] = recorders('hw:1', 'linux');
    expect(alsa!.args.join(' ')).toContain('-D hw:1');
    expect(sox!.env).toEqual({ AUDIODEV: 'hw:1' });
    expect(ffmpeg!.args.join(' ')).toContain('-f pulse -i hw:1');
    expect(recorders('Headset', 'win32')[2]!.args).toContain('audio=Headset');
    expect(recorders('Headset', 'darwin')[2]!.args).toContain(':Headset');
  });
});
