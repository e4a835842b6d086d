import { createHash } from 'node:crypto';
import * as artifacts from '../../adapters/artifacts.ts';
import * as models from '../../adapters/models.ts';
import { probeModel } from '../../contracts/tasks.ts';
import { task } from '../kit/machines/task.ts';
import { fails } from '../kit/models/probe.ts';

export const handler = task('probeModel', probeModel, async ({ project_id, model_id }) => {
  const model = await models.get(project_id, model_id);
  if (!model?.artifact) return failed('the model is not registered');
  const bytes = await artifacts.readArtifact(model.artifact.key).catch(() => undefined);
  if (!bytes) return failed('the artifact cannot be read');
  if (createHash('sha256').update(bytes).digest('hex') !== model.artifact.sha256)
    return failed('the artifact is not the one that was registered');
  const reason = fails(model, bytes);
  return reason === undefined ? { outcome: 'passed' as const, reason: '' } : failed(reason);
});

const failed = (reason: string) => ({
  outcome: 'failed' as const,
  reason: `Model failed to load: ${reason}`,
});
