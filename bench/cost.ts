/** List prices of us-east-1 in US dollars, as published in November 2026; arm64. */
const price = {
  httpApiPerMillion: 1,
  lambdaPerMillion: 0.2,
  lambdaPerGbSecond: 0.0000133334,
  readUnitsPerMillion: 0.125,
  writeUnitsPerMillion: 0.625,
  cloudwatchPerGb: 0.5,
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
