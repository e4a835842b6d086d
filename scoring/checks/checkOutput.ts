import type { Output } from '../ir.ts';
import { finite, fits } from './fitting.ts';

/** What an answer is made with: as many classes as numbers about them, and all of these finite. */
export function checkOutput(output: Output): void {
  const { kind, classes, scale, divisor, threshold = 0, power = 1, targets } = output;
  fits(isCount(kind, classes.length), 'The classes');
  fits(Number.isInteger(targets) && targets >= 1, 'The targets');
  finite([scale, divisor, threshold, power], 'The numbers of the link');
  fits(divisor !== 0, 'The numbers of the link');
  checkPath(output);
  checkCalibration(output);
  const { priors, ties } = output;
  for (const shares of [priors?.prior, priors?.model, ties]) {
    if (shares === undefined) continue;
    fits(shares.length === classes.length, 'The class distributions');
    finite(shares, 'The class distributions');
  }
}

function isCount(kind: Output['kind'], classes: number): boolean {
  if (kind === 'binomial') return classes === 2;
  return kind === 'multinomial' || kind === 'ordinal' ? classes >= 2 : classes === 0;
}

function checkPath({ link, path }: Output): void {
  const what = 'The path lengths';
  fits((link !== 'isolation' && link !== 'pathLength') || path !== undefined, what);
  if (!path) return;
  finite([path.longest, path.shortest, path.threshold ?? 0], what);
  fits(path.trees >= 1 && (link !== 'isolation' || path.longest > 0), what);
}

function checkCalibration({ calibration, kind }: Output): void {
  if (!calibration) return;
  const what = 'The numbers of the calibration';
  fits(kind === 'binomial', what);
  if (calibration.kind === 'platt') {
    finite([calibration.slope, calibration.intercept], what);
    return;
  }
  const { x, y, smallest, largest } = calibration;
  for (const values of [x, y, [smallest, largest]]) finite(values, what);
  fits(x.length > 0 && x.length === y.length, what);
  fits(
    x.every((at, i) => i === 0 || at > (x[i - 1] as number)),
    what,
  );
}
