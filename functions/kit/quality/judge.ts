import * as models from '../../../adapters/models/models.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { type Judge, judgeOf } from '../../../domain/quality/judge.ts';

/** How the answers of a deployment are judged. */
export async function judgeFor({ project_id, model_id }: Deployment): Promise<Judge> {
  const model = await models.get(project_id, model_id);
  if (!model) throw new Error('the model of the deployment is not registered');
  return judgeOf(model);
}
