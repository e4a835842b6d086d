import { sendDelivery } from '../../contracts/tasks.ts';
import { task } from '../kit/machines/task.ts';
import { sendDue } from '../kit/notify/send.ts';

export const handler = task('sendDelivery', sendDelivery, ({ project_id, delivery_sk }) =>
  sendDue(project_id, delivery_sk),
);
