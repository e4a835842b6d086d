import { malformed } from '../refusals.ts';

export function fits(holds: boolean, what: string): void {
  if (!holds) throw malformed(`${what} do not fit the model.`);
}

export function finite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) throw malformed(`${what} are not all finite numbers.`);
}
