import type { Answer } from '../../domain/answer.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { completing, put, replace, transact } from '../aws/transact.ts';
import { outboxItem, type Told } from '../outbox.ts';
import { deploymentItem } from './deployments.ts';

/** Write what a deployment is configured with, and the word of it. False: it has changed since it was read. */
export const save = (before: Deployment, after: Deployment, told: Told, answer: Answer): Promise<boolean> =>
  transact(told.id, [
    replace(deploymentItem(after), { rev: before.rev, life: before.life, stage: before.stage }),
    // Every event of a deployment names it so.
    put({ ...outboxItem(after.project_id, told), dep: after.id }),
    ...completing(answer, told.at),
  ]);
