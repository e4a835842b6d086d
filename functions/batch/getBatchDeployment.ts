import { getBatchDeployment } from '../../contracts/batch.ts';
import { loadNamed } from '../kit/batch/named.ts';
import { viewOf } from '../kit/batch/view.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(getBatchDeployment, async ({ params, caller, header, event }) => {
  const deployment = await loadNamed(caller, params);
  header('etag', `"${deployment.rev}"`);
  return viewOf(deployment, { model: params.model, event });
});
