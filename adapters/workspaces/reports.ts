import { type By, type Held, isExternal } from '../../domain/workspaces/external.ts';
import type { Reported } from '../../domain/workspaces/report.ts';
import { written } from '../aws/again.ts';
import { type Item, put, replace } from '../aws/transact.ts';
import { deploymentItem } from '../deployments/deployments.ts';
import { at, v } from '../items.ts';
import { externalItem } from './externals.ts';

const itemOf = (held: Held) => (isExternal(held) ? externalItem(held) : deploymentItem(held));

/** A status is told beside the sequence of the project: reports of different deployments do not stand in each other's way. */
const items = ({ before, after, entry, event }: Reported, { actor, at: time, op_id }: By): Item[] => [
  replace(itemOf(after), { rev: before.rev }),
  put({ ...at.history(after.id, entry.n), v, ...entry }),
  put({
    ...at.outbox(after.project_id, Date.parse(time), `${after.id}#${entry.n}`),
    v,
    id: `${after.id}#${entry.n}`,
    ...{ type: event, project_id: after.project_id, dep: after.id, kind: after.kind },
    ...{ status: entry.status, op_id, actor, at: time },
  }),
];

/** As many as one transaction takes, with room to spare. */
export const together = 30;

/** Changes of status, all of them or none; false: what they were decided from has changed. */
export const write = (reported: readonly Reported[], by: By): Promise<boolean> =>
  written(
    by.op_id,
    reported.flatMap((one) => items(one, by)),
  );
