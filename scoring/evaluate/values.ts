import type { Output } from '../ir.ts';
import { linkOf } from './links.ts';
import { divided, shares } from './shares.ts';

type Values = (margins: Float64Array) => Float64Array;

/** One margin to its value on the scale of the response. */
export function toValue(output: Output): (margin: number) => number {
  const { scale, divisor } = output;
  const through = linkOf(output);
  return (margin) => finite(through((margin / divisor) * scale));
}

/** An answer beyond all numbers becomes the largest, which JSON can hold. */
const finite = (value: number) => Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);

/** All values of a row: a probability per class, or a value per target. */
export function valuesOf(output: Output): Values {
  const raw = rawValuesOf(output);
  const { priors } = output;
  if (!priors) return raw;
  const factors = priors.prior.map((prior, c) => {
    const model = priors.model[c] ?? 0;
    return prior !== 0 && model !== 0 ? prior / model : 1;
  });
  return (margins) => divided(raw(margins).map((value, c) => value * (factors[c] ?? 1)));
}

function rawValuesOf(output: Output): Values {
  const { kind, link, scale, divisor, targets } = output;
  const share = shares[link];
  const value = toValue(output);
  if (share) {
    const scaled = scale === 1 && divisor === 1;
    return (margins) => share(scaled ? margins : margins.map((margin) => (margin / divisor) * scale));
  }
  if (kind !== 'binomial' || targets > 1) return (margins) => margins.map(value);
  const first = firstOf(output);
  return ([margin = 0]) => {
    const p1 = value(margin);
    return Float64Array.of(first(margin, p1), p1);
  };
}

/** The probability of the first of two classes, rounded as the library rounds it. */
export function firstOf({ link, scale, divisor }: Output): (margin: number, p1: number) => number {
  if (link === 'complement') return (margin) => (margin / divisor) * scale;
  return link === 'logisticSingle' ? (_, p1) => Math.fround(1 - p1) : (_, p1) => 1 - p1;
}
