import * as sending from '../../adapters/alerts/sending.ts';
import * as projects from '../../adapters/projects.ts';
import { listDeliveries } from '../../contracts/deliveries.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { paged } from '../kit/lists.ts';
import { shownDelivery } from '../kit/notify/show.ts';

/** Milliseconds; what is older goes away by itself, but not to the minute. */
const thirtyDays = 30 * 86_400_000;

export const handler = endpoint(listDeliveries, async ({ params, query, caller }) => {
  const { id } = await projects.load(caller, params.project_id);
  const all = await sending.list(id, Date.now() - thirtyDays);
  const page = paged(
    all.filter(({ state }) => query.state === undefined || state === query.state),
    query,
  );
  return { ...page, items: page.items.map(shownDelivery) };
});
