import { describe, expect, it } from 'vitest';
import { readDataUrl } from './data-url.js';

describe('readDataUrl', () => {
  it.each([
    ['data:application/json;base64,eyJhIjoiw6QifQ==', '{"a":"ä"}'],
    ['data:application/json,%7B%22a%22%3A%22%C3%A4%22%7D', '{"a":"ä"}'],
    ['data:text/plain;base64,YQ%3D%3D', 'a'],
    ['data:,a,b', 'a,b'],
    ['data:,', ''],
  ])('reads %s', (address, text) => {
    expect(new TextDecoder().decode(readDataUrl(new URL(address)))).toBe(text);
  });

  it('leaves other addresses alone', () => {
    expect(readDataUrl(new URL('https://example.org/data:,a'))).toBeUndefined();
  });
});
