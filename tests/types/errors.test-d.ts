import { expectTypeOf, test } from 'vitest';
import { AsrError } from '@org/asr-core';
import type { AsrErrorCode } from '@org/asr-core';

test('isInstance narrows an unknown to an error with a code', () => {
  const caught: unknown = new AsrError('DISPOSED', 'the model is disposed');
  if (AsrError.isInstance(caught)) {
    expectTypeOf(caught).toEqualTypeOf<AsrError>();
    expectTypeOf(caught.code).toEqualTypeOf<AsrErrorCode>();
  }
});

test('codes are a closed set', () => {
  expectTypeOf<'BACKEND_FAILED'>().toExtend<AsrErrorCode>();
  expectTypeOf<string>().not.toExtend<AsrErrorCode>();
});
