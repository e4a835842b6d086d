/** List prices of us-east-1 in US dollars, as published in November 2026; arm64. */
const price = {
  httpApiPerMillion: 1,
  lambdaPerMillion: 0.2,
  lambdaPerGbSecond: 0.0000133334,
  readUnitsPerMillion: 0.125,
  writeUnitsPerMillion: 0.625,
  cloudwatchPerGb: 0.5,
  s3GetsPerMillion: 0.4,
  s3PutsPerMillion: 5,
  statesPerMillion: 25,
  expressPerMillion: 1,
  expressPerGbSecond: 0.00001667,
};

export interface Usage {
  /** Of one request. */
  milliseconds: number;
  megabytes: number;
  coldShare: number;
  coldMilliseconds: number;
  readUnits: number;
  writeUnits: number;
  cloudwatchKilobytes: number;
}

/** What a million requests cost. */
export function perMillion(usage: Usage): { total: number; parts: Record<string, number> } {
  const gigabytes = usage.megabytes / 1024;
  const seconds = usage.milliseconds / 1000 + usage.coldShare * (usage.coldMilliseconds / 1000);
  const parts = {
    'API Gateway': price.httpApiPerMillion,
    'Lambda requests': price.lambdaPerMillion,
    'Lambda time': 1e6 * seconds * gigabytes * price.lambdaPerGbSecond,
    'DynamoDB reads': usage.readUnits * price.readUnitsPerMillion,
    'DynamoDB log writes': usage.writeUnits * price.writeUnitsPerMillion,
    CloudWatch: usage.cloudwatchKilobytes * price.cloudwatchPerGb,
  };
  return { total: Object.values(parts).reduce((sum, part) => sum + part, 0), parts };
}

/** Requests a second above which so many always-on machines at this price an hour are cheaper. */
export const breakEven = (hourly: number, total: number): number => (hourly * 1e6) / (3600 * total);

/** What scoring a table takes, by measurements of one run. */
export interface BatchUsage {
  /** Of CPU on one vCPU. */
  secondsPerMillion: number;
  /** Bytes of the source that are read, as they lie in S3. */
  bytesPerRow: number;
  getsPerMillion: number;
  putsPerMillion: number;
  /** How fast a function reads from S3. */
  bytesPerSecond: number;
}

/** As a plan cuts a large source. */
const part = { rows: 4e6, bytes: 256 * 1024 * 1024 };
/** States of a run beside those of its Map, and functions beside those that score. */
const beside = { states: 12, functions: 2, seconds: 30 };
const vcpu = 1769 / 1024;
/** An Express execution is paid for by the 64 MB that it holds. */
const expressGigabytes = 64 / 1024;

/** What a thousand million rows in one run cost; nothing of reading overlaps with scoring, which is the worst case. */
export function perBillionRows(usage: BatchUsage): { total: number; parts: Record<string, number> } {
  const millions = 1000;
  const functions = Math.ceil(1e9 / Math.min(part.rows, part.bytes / Math.max(usage.bytesPerRow, 1)));
  const seconds = usage.secondsPerMillion * millions + (usage.bytesPerRow * 1e9) / usage.bytesPerSecond;
  const parts = {
    'Lambda time': (seconds + beside.seconds) * vcpu * price.lambdaPerGbSecond,
    'Lambda requests': ((functions + beside.functions) / 1e6) * price.lambdaPerMillion,
    'S3 reads': ((usage.getsPerMillion * millions) / 1e6) * price.s3GetsPerMillion,
    'S3 writes': ((usage.putsPerMillion * millions) / 1e6) * price.s3PutsPerMillion,
    'Step Functions':
      ((functions + beside.states) / 1e6) * price.statesPerMillion +
      (functions / 1e6) * price.expressPerMillion +
      seconds * expressGigabytes * price.expressPerGbSecond,
  };
  return { total: Object.values(parts).reduce((sum, one) => sum + one, 0), parts };
}
