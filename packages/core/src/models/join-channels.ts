import type { Segment, Transcript } from '../transcript/transcript.js';

/**
 * One sequence from several that are each in order, by start time; equals in the order of the sources. Every source is
 * read one item ahead. When the reader stops early, all sources are closed.
 */
export async function* mergeByStart<T>(
  sources: readonly AsyncGenerator<T, unknown, undefined>[],
  startOf: (item: T) => number,
): AsyncGenerator<T, void, undefined> {
  try {
    const heads: IteratorResult<T, unknown>[] = [];
    for (const source of sources) heads.push(await source.next());
    for (;;) {
      let next = -1;
      let earliest = Infinity;
      for (const [i, head] of heads.entries()) {
        if (head.done || (next >= 0 && startOf(head.value) >= earliest)) continue;
        next = i;
        earliest = startOf(head.value);
      }
      const head = heads[next];
      if (!head || head.done) return;
      yield head.value;
      heads[next] = await sources[next]!.next();
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

/**
 * The transcript of a recording from those of its channels: segments by start time, a line of text for every turn, the
 * language where all channels that have one agree.
 */
export function joinChannels(channels: readonly Transcript[]): Transcript {
  const marked = channels.map((transcript, channel) => ({
    ...transcript,
    segments: transcript.segments.map((segment): Segment => ({ ...segment, channel })),
  }));
  const segments = marked.flatMap((transcript) => transcript.segments).sort((a, b) => a.start - b.start);
  const turns: string[] = [];
  for (const [i, { text, channel }] of segments.entries()) {
    if (i > 0 && segments[i - 1]!.channel === channel) turns.push(`${turns.pop()!} ${text}`);
    else turns.push(text);
  }
  const languages = new Set(channels.flatMap(({ language }) => (language === undefined ? [] : [language])));
  const [language] = languages;
  return {
    text: turns.join('\n'),
    ...(language !== undefined && languages.size === 1 && { language }),
    duration: Math.max(0, ...channels.map(({ duration }) => duration)),
    segments,
    channels: marked,
  };
}
