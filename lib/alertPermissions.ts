import type * as backtest from '../contracts/backtest.ts';
import type { DataStack } from './data.ts';
import { checks, type Grant, gets, puts, queries, reads, updatesOnly } from './grants.ts';
import type { Grants } from './permissions.ts';

/**
 * Measure by aggregates what rules of alerts watch, and keep what follows: of a rule itself no more than how many
 * incidents it opened, of what is deployed nothing.
 */
export const judgesAlerts = ({ control, aggregates, models }: DataStack) => [
  queries(control, 'RULES', 'RULE#*'),
  gets(control, 'RULES', 'RULE#*', 'P#*'),
  checks(control, 'RULES'),
  updatesOnly(control, ['pk', 'sk', 'rev', 'opened'], 'RULES'),
  puts(control, 'RULE#*', 'ALERTS#*', 'ALR#*', 'DELIVERY#*', 'OUT#*'),
  queries(aggregates, 'L#*', 'S#*', 'A#*', 'Q#*'),
  gets(aggregates, 'B#*', 'R#*'),
  puts(aggregates, 'B#*'),
  reads(models, 'models'),
];

/** What may be asked of the past: it is read, and nothing is written. */
export function backtestRoutes(
  { control, aggregates, models }: DataStack,
  caller: readonly Grant[],
): Grants<keyof typeof backtest> {
  const measures = [
    queries(aggregates, 'L#*', 'S#*', 'A#*', 'Q#*', 'R#*'),
    gets(aggregates, 'B#*'),
    reads(models, 'models'),
  ];
  return {
    backtestAlertRule: [...caller, gets(control, 'RUL#*', 'RULES', 'P#*'), ...measures],
    backtestNewAlertRule: [...caller, gets(control, 'P#*'), ...measures],
  };
}
