import { getLiveDeployment } from '../../contracts/live.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { find, view } from '../kit/live/find.ts';

export const handler = endpoint(
  getLiveDeployment,
  async ({ found, header }) => {
    header('etag', `"${found.rev}"`);
    return view(found);
  },
  find,
);
