import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

interface Watch {
  metric: Metric;
  /** It sounds at this value or above it. */
  from: number;
  /** How many of the metric's periods in a row. */
  times?: number;
  /** It sounds when there is nothing to measure. */
  silence?: true;
}

interface Watched {
  http: HttpApi;
  publisher: Lambda;
  sweeper: Lambda;
}

const minutes = Duration.minutes;
/** Our own metrics bear no installation's name: two in one account and region hear each other's alarms. */
const own = (metricName: string) =>
  new Metric({ namespace: 'Slipway', metricName, statistic: 'sum', period: minutes(5) });
/** Of every function in the account and region: an alarm on each of ours would cost more than they do. */
const anyFunction = (metricName: string) =>
  new Metric({ namespace: 'AWS/Lambda', metricName, statistic: 'sum', period: minutes(5) });

/** What wakes somebody, by the heading in docs/runbook.md. More than ten would cost money when nobody calls. */
const watches = ({ http, publisher, sweeper }: Watched): Record<string, Watch> => ({
  invariantBroken: { metric: own('InvariantBroken'), from: 1 },
  logDropped: { metric: own('LogDropped'), from: 1 },
  logSpooled: { metric: own('LogSpooled'), from: 100, times: 3 },
  givenUp: { metric: own('GivenUp'), from: 1 },
  serverErrors: { metric: http.metricServerError({ statistic: 'sum', period: minutes(5) }), from: 5 },
  functionErrors: { metric: anyFunction('Errors'), from: 5 },
  throttled: { metric: anyFunction('Throttles'), from: 1 },
  logsUncounted: { metric: own('LogsUncounted'), from: 1 },
  publishEventsBehind: {
    metric: publisher.metric('IteratorAge', { statistic: 'max', period: minutes(1) }),
    from: minutes(5).toMilliseconds(),
    times: 3,
  },
  sweeperStopped: {
    metric: sweeper.metricInvocations({ statistic: 'sum', period: minutes(5) }),
    from: 1,
    times: 2,
    silence: true,
  },
});

/** The alarms. Each says where to read what it means and what to do. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    for (const [name, { metric, from, times = 1, silence }] of Object.entries(watches(watched)))
      new Alarm(this, name, {
        alarmDescription: `docs/runbook.md#${name.toLowerCase()}`,
        metric,
        threshold: from,
        evaluationPeriods: times,
        comparisonOperator: silence
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: silence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      });
  }
}
