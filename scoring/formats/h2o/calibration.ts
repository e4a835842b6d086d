import { fileOf } from '../../bytes/directory.ts';
import { caps } from '../../caps.ts';
import type { Calibration, Output } from '../../ir.ts';
import { malformed, refuse, shown, tooLarge } from '../../refusals.ts';
import type { Header } from './header.ts';
import { needNumber, needNumbers, wordAt } from './info.ts';
import { slack } from './outputs.ts';

/** A calibrated classifier answers with calibrated probabilities beside the others. */
export function withCalibration(output: Output, header: Header): Output {
  const { info } = header;
  const method = wordAt(info, 'calib_method');
  if (method === undefined || output.kind !== 'binomial') return output;
  if (method === 'platt') {
    const [slope, intercept] = needNumbers(info, 'calib_glm_beta', 2) as unknown as [number, number];
    return { ...output, calibration: { kind: 'platt', slope, intercept } };
  }
  if (method === 'isotonic') return { ...output, calibration: isotonic(header) };
  throw refuse(
    'unsupported_model',
    `The calibration method ${shown(method)} is not supported.`,
    'Calibrate with PlattScaling or IsotonicRegression.',
    'calib_method',
  );
}

function isotonic(header: Header): Calibration {
  const x = pointsIn(header, 'calib/thresholds_x');
  const y = pointsIn(header, 'calib/thresholds_y');
  const smallest = needNumber(header.info, 'calib_min_x');
  const largest = needNumber(header.info, 'calib_max_x');
  const ascends = x.every((value, i) => i === 0 || value >= (x[i - 1] as number));
  if (x.length === 0 || x.length !== y.length || !ascends || !(smallest <= largest))
    throw malformed('The calibration of the model has no proper points.', 'calib/thresholds_x');
  return { kind: 'isotonic', ...apart(x, y), smallest, largest };
}

/**
 * A step is two points with the same x. What H2O answers exactly there is what Java's binary search finds; it becomes
 * a level of its own, as narrow as the slack, between the two.
 */
function apart(x: readonly number[], y: readonly number[]): { x: number[]; y: number[] } {
  const points = { x: [] as number[], y: [] as number[] };
  const add = (at: number, value: number) => {
    if (at <= (points.x.at(-1) ?? Number.NEGATIVE_INFINITY)) return;
    points.x.push(at);
    points.y.push(value);
  };
  for (let first = 0; first < x.length; ) {
    const at = x[first] as number;
    const exact = y[found(x, at)] as number;
    let last = first;
    while (x[last + 1] === at) last++;
    if (last === first) add(at, exact);
    else {
      const width = Math.abs(at) * slack;
      add(at - 2 * width, y[first] as number);
      add(at - width, exact);
      add(at + width, exact);
      add(at + 2 * width, y[last] as number);
    }
    first = last + 1;
  }
  return points;
}

/** Where Java's binary search comes upon a value that is there, perhaps several times. */
function found(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const seen = sorted[middle] as number;
    if (seen === value) return middle;
    if (seen < value) low = middle + 1;
    else high = middle - 1;
  }
  return low;
}

/** Written by Java's own streams: a count and doubles, big-endian. */
function pointsIn({ directory }: Header, path: string): number[] {
  const bytes = fileOf(directory, path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length >= 4 ? view.getInt32(0) : -1;
  if (count < 0 || 4 + 8 * count > bytes.length) throw malformed('A file of the model is cut off.', path);
  if (count > caps.levels) throw tooLarge('The calibration of the model is too large.', path);
  const points = Array.from({ length: count }, (_, i) => view.getFloat64(4 + 8 * i));
  if (!points.every(Number.isFinite))
    throw malformed('The calibration holds something that is no number.', path);
  return points;
}
