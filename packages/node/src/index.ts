export {
  AsrError,
} from '@org/asr-core';
