import * as alerts from '../../adapters/alerts/alerts.ts';
import { getAlert } from '../../contracts/alerts.ts';
import { shown } from '../../domain/alerts/alert.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(getAlert, async ({ params, caller, header }) => {
  const alert = await alerts.load(caller, params.alert_id);
  header('etag', `"${alert.rev}"`);
  return { alert: shown(alert), history: await alerts.transitions(alert.id) };
});
