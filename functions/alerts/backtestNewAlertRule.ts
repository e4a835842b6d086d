import * as projects from '../../adapters/projects.ts';
import { backtestNewAlertRule } from '../../contracts/backtest.ts';
import { backtest } from '../kit/alerts/backtest.ts';
import { newId, now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(backtestNewAlertRule, async ({ params, body, caller }) => {
  const { id: project_id } = await projects.load(caller, params.project_id);
  const at = now();
  const made = { created_by: caller.id, created_at: at, updated_at: at, rev: 1, edition: 1, opened: 0 };
  return backtest({ ...body, ...made, id: newId(), project_id, channels: [] }, Date.now());
});
