import { describe, expect, it } from 'vitest';
import { Channel } from './channel.js';
import { packValue, unpackValue } from './pack-value.js';

const channel = new Channel({ post: () => {}, listen: () => {} }, {});

describe('packValue', () => {
  it('brings back what options are made of', () => {
    const options = {
      text: 'a',
      list: [1, { deep: new URL('https://example.org/a?b') }],
      pattern: /x+/u,
      none: undefined,
      samples: Float32Array.of(1, 2),
    };
    const wire = structuredClone(packValue(channel, 'options', options));
    expect(unpackValue(channel, wire)).toEqual(options);
  });

  it('sends the number of what lives at the other side', () => {
    const proxy = {};
    channel.adopt(proxy, 5);
    const subject = { name: 'the thing itself' };
    const other = new Channel({ post: () => {}, listen: () => {} }, {});
    for (let i = 0; i < 5; i++) other.offer({}, i === 4 ? subject : undefined);
    expect(unpackValue(other, packValue(channel, 'options', { vad: { model: proxy } }))).toEqual({
      vad: { model: subject },
    });
  });

  it("makes the addresses absolute that Turbopack writes for its build's files", () => {
    const url: unknown = Object.create(URL.prototype, { href: { value: '/_next/static/model.onnx' } });
    const page = new Channel({ post: () => {}, listen: () => {} }, {}, 'https://example.org/app/');
    expect(unpackValue(channel, packValue(page, 'source', { urls: { 'model.onnx': url } }))).toEqual({
      urls: { 'model.onnx': new URL('https://example.org/_next/static/model.onnx') },
    });
  });

  it.each([
    [{ decoding: { languageModel: new Map() } }, 'options.decoding.languageModel is an object'],
    [{ list: [() => 1] }, 'options.list[0] is a function'],
  ])('names what cannot be sent', (options, message) => {
    expect(() => packValue(channel, 'options', options)).toThrow(
      expect.objectContaining({ code: 'OPTION_UNSUPPORTED', message: expect.stringContaining(message) }),
    );
  });
});
