/** Pauses from here on are all as good to cut at. Frames. */
const CLEAR_PAUSE = 100;

interface Padded {
  readonly start: number;
  readonly end: number;
  readonly speech: { readonly start: number; readonly end: number };
}

/**
 * Groups consecutive speech so that the lengths of each group add up to at most `maxLength`: into as few groups as can
 * be, and of those ways the one that cuts at the longest pauses. What is longer by itself is a group of its own.
 */
export function groupByPauses<T extends Padded>(
  speech: readonly T[],
  maxLength: number,
): readonly (readonly T[])[] {
  // best[i]: the first i items grouped; `from` is where their last group begins.
  const best: { readonly groups: number; readonly pauses: number; readonly from: number }[] = [
    { groups: 0, pauses: 0, from: 0 },
  ];
  for (let end = 1; end <= speech.length; end++) {
    let chosen: (typeof best)[number] | undefined;
    let length = 0;
    for (let from = end - 1; from >= 0; from--) {
      length += speech[from]!.end - speech[from]!.start;
      if (length > maxLength && from < end - 1) break;
      const { groups, pauses } = best[from]!;
      const option = { groups: groups + 1, pauses: pauses + pauseBefore(speech, from), from };
      if (
        !chosen ||
        option.groups < chosen.groups ||
        (option.groups === chosen.groups && option.pauses > chosen.pauses)
      ) {
        chosen = option;
      }
    }
    best.push(chosen!);
  }
  const groups: T[][] = [];
  for (let end = speech.length; end > 0; end = best[end]!.from) {
    groups.unshift(speech.slice(best[end]!.from, end));
  }
  return groups;
}

function pauseBefore(speech: readonly Padded[], index: number): number {
  return index === 0 ? 0 : Math.min(CLEAR_PAUSE, speech[index]!.speech.start - speech[index - 1]!.speech.end);
}
