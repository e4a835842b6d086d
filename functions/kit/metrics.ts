type Unit = 'Count' | 'Milliseconds';

/** One line in CloudWatch's embedded metric format: a log and its metrics at once. No bodies, no values. */
export function metric(
  values: Record<string, [value: number, unit: Unit]>,
  fields: Record<string, string | number | undefined> = {},
  dimensions: string[] = [],
): void {
  // A count needs no unit, and a line is paid for by its bytes.
  const Metrics = Object.entries(values).map(([Name, [, Unit]]) =>
    Unit === 'Count' ? { Name } : { Name, Unit },
  );
  const line = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: 'Slipway', Dimensions: [dimensions], Metrics }],
    },
    ...fields,
    ...Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value])),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Keys and tokens, wherever a library may have put one into what it says. */
const credential = /slw_[\w-]+|\beyJ[\w-]+\.[\w.-]*|\bbearer\s+[^\s"',]+/gi;

/** What happened that nobody asked for: one line, no values of anybody's data. */
export function fault(operationId: string, error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error('not an Error was thrown');
  const line = JSON.stringify({ level: 'ERROR', operationId, error: name, message, stack });
  process.stdout.write(`${line.replaceAll(credential, '(credential)')}\n`);
  if (message.startsWith('invariant_broken')) metric({ InvariantBroken: [1, 'Count'] }, { operationId });
}
