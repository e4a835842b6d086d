import { deleteBatchDeployment } from '../../contracts/batch.ts';
import { change } from '../kit/batch/change.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(deleteBatchDeployment, (given) => change('deactivate', given));
