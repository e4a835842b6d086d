import { expect } from 'vitest';
import type { TableMetadata } from '../../../iceberg/model.ts';

/** Each snapshot has the one before as its parent and the next sequence number. */
export function expectWholeChain({ snapshots, currentSnapshotId, lastSequenceNumber }: TableMetadata): void {
  expect(snapshots.map(({ parentId }) => parentId)).toEqual(
    [undefined, ...snapshots.map(({ id }) => id)].slice(0, -1),
  );
  expect(snapshots.map(({ sequenceNumber }) => sequenceNumber)).toEqual(snapshots.map((_, i) => i + 1));
  expect(currentSnapshotId).toBe(snapshots.at(-1)?.id);
  expect(lastSequenceNumber).toBe(snapshots.length);
  expect(
    snapshots.every(({ timestampMs }, i) => i === 0 || timestampMs > (snapshots[i - 1]?.timestampMs ?? 0)),
  ).toBe(true);
}
