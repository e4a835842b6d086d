import * as rules from '../../adapters/alerts/rules.ts';
import { backtestAlertRule } from '../../contracts/backtest.ts';
import { backtest } from '../kit/alerts/backtest.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(backtestAlertRule, async ({ params, caller }) =>
  backtest(await rules.load(caller, params.rule_id), Date.now()),
);
