import { bringAll, type Scan } from './scan.ts';

/** Files that are scored together: enough for a file of their own in the target. */
const groupBytes = 32 * 1024 * 1024;
const mostGroups = 4;

/** Cuts files into a few groups, in their order, of which none is much smaller than the others. */
export function groupsOf(scans: readonly Scan[]): Scan[][] {
  let behind = scans.reduce((sum, { left }) => sum + left, 0);
  const enough = Math.max(groupBytes, behind / mostGroups);
  let group: Scan[] = [];
  const groups = [group];
  let bytes = 0;
  for (const scan of scans) {
    if (bytes >= enough && behind >= enough / 2) {
      group = [];
      groups.push(group);
      bytes = 0;
    }
    group.push(scan);
    bytes += scan.left;
    behind -= scan.left;
  }
  return groups;
}

/** Work on groups of files in turn; while one is worked on, the next is brought. */
export async function inTurn<T>(
  groups: readonly (readonly Scan[])[],
  work: (group: readonly Scan[], i: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = bringing(groups[0] ?? []);
  for (const [i, group] of groups.entries()) {
    await settled(next);
    next = bringing(groups[i + 1] ?? []);
    try {
      results.push(await work(group, i));
    } catch (error) {
      // Nothing may be written into a folder that is gone.
      await next;
      throw error;
    }
  }
  return results;
}

type Bringing = Promise<{ error?: unknown }>;

/** What goes wrong is told when the files are needed. */
const bringing = (group: readonly Scan[]): Bringing =>
  bringAll(group).then(
    () => ({}),
    (error: unknown) => ({ error }),
  );

async function settled(brought: Bringing): Promise<void> {
  const ended = await brought;
  if ('error' in ended) throw ended.error;
}
