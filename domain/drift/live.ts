import { binsOf, type Sums } from '../aggregates/tally.ts';
import { hour, startOf } from '../aggregates/time.ts';
import type { Deployment } from '../deployment.ts';
import { type Profile, partsOf } from './profile.ts';
import type { WindowCounts } from './window.ts';

/** Hours that a deployment's drift looks back where nobody says: a week, so that no weekday looks like drift. */
const usual = 168;

/** The window that ends now, epoch milliseconds: counts are by the hour, so it begins on a whole one. */
export function windowAt({ config }: Pick<Deployment, 'config'>, now: number): { from: number; to: number } {
  const hours = config.drift?.window_hours ?? usual;
  return { from: startOf(hour, now - hours * hour), to: now };
}

/** What was counted, part by part of a profile. */
export const liveOf = (sums: Sums, profile: Profile): WindowCounts =>
  binsOf(
    sums,
    partsOf(profile).map(({ counts }) => counts.length),
  );

/** Rows that were answered, with bins or without. */
export const answeredIn = ({ status }: Pick<Sums, 'status'>): number => status.get(200) ?? 0;
