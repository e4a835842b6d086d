import type { Link, Output } from '../ir.ts';

/** Links of one margin to one value; the others, which need all margins of a row at once, are in shares.ts. */
const simple: { [link in Link]?: (margin: number) => number } = {
  identity: (margin) => margin,
  logistic: (margin) => 1 / (1 + Math.exp(-margin)),
  exp: Math.exp,
  log1pExp: (margin) => (margin > 700 ? margin : Math.log1p(Math.exp(margin))),
  signedSquare: (margin) => Math.sign(margin) * margin * margin,
  step: (margin) => (margin > 0 ? 1 : 0),
  expCapped: (margin) => Math.min(1e19, Math.exp(margin)),
  expSingle: (margin) => Math.fround(Math.exp(margin)),
  inverse: (margin) => 1 / (margin < 0 ? Math.min(-1e-5, margin) : Math.max(1e-5, margin)),
  logisticSingle: (margin) => Math.fround(1 / Math.fround(1 + Math.fround(Math.exp(-margin)))),
  complement: (margin) => 1 - margin,
  probit,
};

/** The link of one margin, with the numbers of the model that it needs. */
export function linkOf(output: Output): (margin: number) => number {
  const { link, power = 0, path } = output;
  if (link === 'tweedie')
    return power === 0 ? (margin) => Math.max(2e-16, Math.exp(margin)) : (margin) => margin ** (1 / power);
  if (path && link === 'isolation') return (margin) => 2 ** (-margin / path.trees / path.longest);
  if (path && link === 'pathLength') {
    const { longest, shortest } = path;
    return longest > shortest ? (margin) => (longest - margin) / (longest - shortest) : () => 1;
  }
  return simple[link] ?? ((margin) => margin);
}

const winitzki = 0.147;
/** 2 ÷ (π · 0.147), of a π with five decimals. */
const spread = 4.33075040883;

/**
 * The quantile of a probability, as ONNX Runtime has it: by Winitzki's approximation of the inverse error
 * function, which is off by up to 0.002.
 */
function probit(probability: number): number {
  const x = Math.min(Math.max(2 * probability - 1, -1), 1);
  const logarithm = Math.log((1 - x) * (1 + x));
  const half = spread + logarithm / 2;
  return Math.SQRT2 * Math.sign(x) * Math.sqrt(Math.sqrt(half * half - logarithm / winitzki) - half);
}
