import type { CacheSlot } from './kv-cache.js';

/** Order of Hugging Face's cache tensors within a layer. */
const KINDS = ['key', 'value'] as const;

/** `past_key_values.{layer}.decoder.key|value` and the outputs that replace them. */
export function selfAttentionSlots(layers: number): CacheSlot[] {
  return slots(layers, 'decoder');
}

/** `past_key_values.{layer}.encoder.key|value` and the outputs that give them. */
export function crossAttentionSlots(layers: number): CacheSlot[] {
  return slots(layers, 'encoder');
}

export function outputsOf(list: readonly CacheSlot[]): string[] {
  return list.map((slot) => slot.output);
}

function slots(layers: number, side: 'decoder' | 'encoder'): CacheSlot[] {
  const list: CacheSlot[] = [];
  for (let layer = 0; layer < layers; layer++) {
    for (const kind of KINDS) {
      list.push({
        input: `past_key_values.${layer}.${side}.${kind}`,
        output: `present.${layer}.${side}.${kind}`,
      });
    }
  }
  return list;
}
