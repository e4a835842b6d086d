import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..', '..');

/** A folder for one test file, and how to be rid of it. */
export function temporaryHome() {
  const home = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** Wait until something holds; the clock only bounds it. */
export async function until<T>(
  look: () => T | Promise<T>,
  what: string,
  ms = 60_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen as NonNullable<T>;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((soon) => setTimeout(soon, 25));
  }
}
