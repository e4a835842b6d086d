import * as z from 'zod';
import type { Event } from '../change.ts';
import type { Life } from '../deployment.ts';

/** What a controller may report of a deployment; the order is that of the published refusals. */
export const Status = z.enum([
  'UNKNOWN',
  'CREATED',
  'PENDING',
  'READY',
  'ERROR',
  'DELETING',
  'DELETED',
  'LOST',
]);
export type Status = z.infer<typeof Status>;

/** How each life reads in the workspaces dialect. */
export const statusOfLife: Record<Life, Status> = {
  pending: 'CREATED',
  deploying: 'PENDING',
  active: 'READY',
  failed: 'ERROR',
  stopped: 'DELETING',
  archived: 'DELETED',
};

interface Word {
  /** The life that an external deployment has from then on; null: the one it had. */
  life: Life | null;
  /** Online deployments have other ways to be found out. */
  externalOnly?: true;
  /** How others hear of it, where the deployment is external. */
  event: Event['type'];
}

/** What each reported word means. */
export const words: Record<Status, Word> = {
  UNKNOWN: { life: null, externalOnly: true, event: 'deployment.reported' },
  CREATED: { life: 'pending', event: 'deployment.reported' },
  PENDING: { life: 'deploying', event: 'deployment.reported' },
  READY: { life: 'active', event: 'deployment.activated' },
  ERROR: { life: 'failed', event: 'deployment.failed' },
  DELETING: { life: 'stopped', event: 'deployment.stopped' },
  DELETED: { life: 'archived', event: 'deployment.deactivated' },
  LOST: { life: null, externalOnly: true, event: 'deployment.reported' },
};
