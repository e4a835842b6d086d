import * as models from '../../adapters/models/models.ts';
import { probeModel } from '../../contracts/tasks.ts';
import { task } from '../kit/machines/task.ts';
import { fails, loadReady } from '../kit/models/ready.ts';

export const handler = task('probeModel', probeModel, async ({ project_id, model_id }) => {
  const model = await models.get(project_id, model_id);
  if (!model) return failed('the model is not registered');
  try {
    const reason = fails(model, await loadReady(model));
    return reason === undefined ? { outcome: 'passed' as const, reason: '' } : failed(reason);
  } catch (error) {
    return failed(error instanceof Error ? error.message : 'the model cannot be read');
  }
});

const failed = (reason: string) => ({
  outcome: 'failed' as const,
  reason: `Model failed to load: ${reason}`,
});
