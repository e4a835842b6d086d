import { granted } from '../../../adapters/aws/env.ts';
import { Problem } from '../../../domain/problem.ts';

/** Refuse a job of Spark where there is nothing that could run it. */
export function assertEngine(engine: 'lambda' | 'emr-serverless'): void {
  if (engine === 'lambda' || granted('SPARK_APPLICATION')) return;
  throw new Problem('invalid', [
    {
      type: 'value_error',
      loc: ['body', 'engine'],
      msg: 'Value error, This installation has no application of EMR Serverless',
      input: engine,
      ctx: { error: {} },
    },
  ]);
}
