import { giveUpDelivery } from '../../contracts/tasks.ts';
import { task } from '../kit/machines/task.ts';
import { giveUp } from '../kit/notify/giveUp.ts';

export const handler = task('giveUpDelivery', giveUpDelivery, async ({ project_id, delivery_sk }) => {
  await giveUp(project_id, delivery_sk);
  return { outcome: 'over' as const };
});
