import { describe, expect, it } from 'vitest';
import { buildReport } from '../build-report.js';
import type { Measurement } from '../measurement.js';
import { renderReport } from './page.js';

const utterances = [
  { id: 'a<b>.wav', audio: '/a.wav', text: 'tea & cake', language: 'en' },
  { id: 'c.wav', audio: '/c.wav', text: 'oui', language: 'fr' },
];
const noise = [{ noise: '/noise/bus & tram.wav', snr: 5 }];

function measurement(hypotheses: readonly [string, string], seconds: number): Measurement {
  const results = utterances.flatMap(({ id }, i) =>
    [undefined, noise[0]!].map((added) => ({
      id,
      hypothesis: hypotheses[i]!,
      audioSeconds: 4,
      computeSeconds: seconds,
      firstResultSeconds: seconds / 2,
      ...(added && { noise: added }),
    })),
  );
  const info = { family: 'whisper', layout: 'fast', provider: 'cpu' } as Measurement['info'];
  return { info, size: 4e7, loadSeconds: 0.5, warmUpSeconds: 1, peakMemory: 3e8, results };
}

const context = {
  normalizer: 'basic',
  bootstrap: { confidence: 0.95, seed: 0 },
  paths: ['set.json'],
  utterances,
  noise,
  detectLanguage: false,
  version: '1.0.0',
} as const;

const report = buildReport(
  [
    { spec: { name: 'good', model: 'good' }, result: measurement(['tea & cake', 'oui'], 1) },
    {
      spec: { name: '<img src=x onerror=alert(1)>', model: 'x' },
      result: measurement(['<script>', 'non'], 0.5),
    },
    { spec: { name: 'gone', model: 'gone' }, result: new Error('no such <model>') },
  ],
  context,
  { minSpeed: 2 },
);

describe('renderReport', () => {
  const page = renderReport(report);

  it('escapes what models, files and people wrote', () => {
    expect(page).not.toMatch(/<script|<img|<b>|<model>/u);
    expect(page).toContain('a&#60;b&#62;.wav');
    expect(page).toContain('no such &#60;model&#62;');
    expect(page).toContain('bus &#38; tram.wav');
  });

  it('needs nothing from outside', () => {
    expect(page).not.toMatch(/https?:|@import|url\(|<link|<[^>]*\ssrc=/u);
  });

  it('draws every plot that there is data for, with names for those who hear it', () => {
    const pictures = [
      ...page.matchAll(/<svg[^>]*role="img"[^>]*aria-labelledby="([^" ]+)"[^>]*>\s*<title id="\1">/gu),
    ];
    expect(pictures.map(([, id]) => id)).toEqual(['scatter', 'languages', 'noise-0']);
    expect(page).not.toMatch(/NaN|undefined|Infinity/u);
  });

  it('is one model’s report without a comparison', () => {
    const single = renderReport(
      buildReport([{ spec: { name: 'm', model: 'm' }, result: measurement(['', ''], 1) }], context),
    );
    expect(single).toContain('How well does m hear?');
    expect(single).not.toContain('Accuracy and speed');
    expect(renderReport({ ...report, candidates: [], failed: report.failed })).toContain('no such');
  });
});

describe('buildReport', () => {
  it('pools by language and noise, and recommends what is better and fast enough', () => {
    const [good, poor] = report.candidates;
    expect(good).toMatchObject({
      speed: 4,
      realTimeFactor: 0.25,
      firstResultSeconds: 0.5,
      score: { wordErrorRate: 0 },
    });
    expect(good!.byLanguage.map(({ group, score }) => [group, score.utterances])).toEqual([
      ['en', 1],
      ['fr', 1],
    ]);
    expect(poor!.byNoise).toMatchObject([{ ...noise[0], score: { wordErrorRate: 1 } }]);
    expect(report.recommendation).toMatchObject({ choice: 'good', limits: { minSpeed: 2 } });
    expect(report.recommendation!.sentences.join('\n')).toMatch(
      /^Take good: 0\.0 % of words wrong \(0\.0–70\.8\), 4\.0× real time, 300 MB of memory\.\n[^]*Not measured: gone: no such <model>\.\n2 utterances are few/u,
    );
  });
});
