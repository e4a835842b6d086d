import type { Missing, Result } from './engines.ts';
import type { Measured } from './measure.ts';

export type Aim = { what: string; figure: string; aim: string; met: boolean | null };
type Quantity = 'single' | 'batch10000' | 'contributions';

/** Least and median, by how many times ours is faster: the smaller of the two ratios counts. */
const words: Record<Quantity, string> = {
  single: 'one row',
  batch10000: 'batch of 10,000',
  contributions: 'contributions',
};

export function aims(results: readonly Result[], missing: readonly Missing[], bundleBytes: number): Aim[] {
  const of = (model: string, engine: string) =>
    results.find((one) => one.model === model && one.engine === engine);
  const models = [...new Set([...results, ...missing].map(({ model }) => model))];
  return [
    ...models.flatMap((model) => {
      const own = of(model, 'Slipway');
      if (!own) return [];
      const against = (engine: string, quantity: Quantity, factor: number): Aim[] => {
        const peer = of(model, engine);
        return peer ? ratio(own, peer, quantity, factor) : [];
      };
      return [
        ...against('onnxruntime-node', 'single', 10),
        ...against('its library in C', 'batch10000', 2),
        ...against('h2o-genmodel', 'single', 5),
        ...against('its library in C', 'contributions', 1.5),
        ...against('h2o-genmodel', 'contributions', 1.5),
        ...opening(own),
      ];
    }),
    {
      what: 'Bundle of the scorer and the explainer, minified',
      figure: `${(bundleBytes / 1000).toFixed(1)} KB`,
      aim: '≤ 60 KB',
      met: bundleBytes <= 60_000,
    },
  ];
}

function ratio(own: Result, peer: Result, quantity: Quantity, factor: number): Aim[] {
  const [ours, theirs] = [own.measured[quantity], peer.measured[quantity]];
  if (!theirs) return [];
  const what = `${own.model}: ${words[quantity]}, beside ${peer.engine}`;
  const aim = `≥ ${factor} ×`;
  if (!ours) return [{ what, figure: 'not available', aim, met: null }];
  const [best, median] = [theirs.best / ours.best, theirs.median / ours.median];
  const figure = `${best.toFixed(1)} × (least), ${median.toFixed(1)} × (median)`;
  return [{ what, figure, aim, met: Math.min(best, median) >= factor }];
}

/** The promise is made for images of about 200 KB; larger ones are told without one. */
function opening({ model, size, first }: Result): Aim[] {
  if (size > 250_000) return [];
  const figure = `${first.best.toFixed(2)} ms (least), ${first.median.toFixed(2)} ms (median)`;
  const what = `${model}: image of ${(size / 1000).toFixed(0)} KB to the first prediction`;
  return [{ what, figure, aim: '≤ 2 ms', met: first.median <= 2 }];
}

/** The largest distance of the peer's answers from ours, relative to max(1, |value|); margins where it tells them. */
export function apart(ours: Measured, theirs: Measured): number {
  return theirs.margins
    ? distance(ours.margins, theirs.margins)
    : distance(ours.probabilities, theirs.probabilities);
}

/** The same of contributions; NaN where one of the two has none. */
export const partsApart = (ours: Measured, theirs: Measured) => distance(ours.parts, theirs.parts);

function distance(a: readonly number[] | undefined, b: readonly number[] | undefined): number {
  if (!(a && b) || a.length !== b.length) return Number.NaN;
  return Math.max(...a.map((x, i) => Math.abs(x - (b[i] ?? 0)) / Math.max(1, Math.abs(b[i] ?? 0))));
}
