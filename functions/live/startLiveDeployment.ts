import { startLiveDeployment } from '../../contracts/live.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { findManaged } from '../kit/live/find.ts';
import { asked, finished } from '../kit/machines/run.ts';

export const handler = endpoint(
  startLiveDeployment,
  async (given) => {
    // What is answered is nothing: it is not the machine's to keep.
    await finished({ kind: 'start', ...asked(given.found, given), repeat: undefined }, given);
    return undefined;
  },
  findManaged,
);
