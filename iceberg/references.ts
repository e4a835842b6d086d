import { each } from './each.ts';
import { readManifest } from './manifests.ts';
import type { TableMetadata } from './model.ts';
import { manifestsOf } from './plan.ts';
import type { Storage } from './ports.ts';

const snapshotsAtOnce = 8;
/** A path may be spelled in several ways; the names of files are ours, and never the same twice. */
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Which of some files of a table any of its snapshots mentions, whichever branch it is on. Throws rather than miss one. */
export async function referredTo(
  storage: Storage,
  table: TableMetadata,
  paths: Iterable<string>,
): Promise<Set<string>> {
  const wanted = new Map([...paths].map((path) => [nameOf(path), path]));
  const found = new Set<string>();
  const seen = new Set<string>();
  for (let i = 0; i < table.snapshots.length && found.size < wanted.size; i += snapshotsAtOnce) {
    const lists = await each(table.snapshots.slice(i, i + snapshotsAtOnce), (snapshot) =>
      manifestsOf(storage, snapshot),
    );
    // Snapshots share most of their manifests.
    const fresh = lists.flat().filter(({ path }) => !seen.has(path) && seen.add(path));
    await each(fresh, async (manifest) => {
      for (const { file } of readManifest(await storage.get(manifest.path), manifest, table)) {
        const path = wanted.get(nameOf(file.path));
        if (path !== undefined) found.add(path);
      }
    });
  }
  return found;
}
