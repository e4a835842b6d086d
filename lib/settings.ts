interface Settings {
  /** MB; a function's share of a processor grows with it. */
  memory: number;
  /** Time-out in seconds. The gateway waits 30, so what answers a caller ends before that. */
  seconds: number;
  /** The most that may run at once, so that this one cannot starve the others; context `reserveConcurrency`. */
  reserved?: number;
  /** It reads and writes tables: it gets the engine, and a disk for the files it works on. */
  engine?: true;
}

const usual: Settings = { memory: 512, seconds: 25 };

/** What differs from the usual. */
const rows: Record<string, Partial<Settings>> = {
  completeModel: { memory: 3008, seconds: 29, reserved: 20 },
  probeModel: { memory: 2048, seconds: 60, reserved: 50 },
  reportActuals: { memory: 1024, reserved: 50 },
  listInferenceLogs: { memory: 1024, reserved: 50 },
  beginOperation: { seconds: 10 },
  reserveDeployment: { seconds: 10 },
  commitChange: { seconds: 10 },
  publishEvents: { seconds: 30 },
  sweepOperations: { seconds: 50, reserved: 2 },
  evaluateAlerts: { seconds: 60, reserved: 2 },
  backtestAlertRule: { memory: 1024 },
  backtestNewAlertRule: { memory: 1024 },
  aggregateLogs: { memory: 1024, seconds: 60 },
  closeHours: { memory: 1024, seconds: 600, reserved: 2 },
  refreshDrift: { memory: 1024, seconds: 300, reserved: 10 },
  computeDrift: { memory: 1024, seconds: 60, reserved: 20 },
  failDrift: { seconds: 10 },
  redriveLogs: { memory: 1024, seconds: 900, reserved: 1 },
  alignSchedule: { seconds: 30, reserved: 5 },
  // One vCPU: the engine and the model share a thread.
  createBatchDeployment: { memory: 1024, seconds: 29, engine: true },
  checkBatch: { memory: 1769, seconds: 60, engine: true },
  planRun: { memory: 1769, seconds: 300, engine: true },
  scorePart: { memory: 1769, seconds: 300, engine: true },
  commitRun: { memory: 1769, seconds: 600, engine: true },
  endRun: { seconds: 30 },
  startScheduledRun: { seconds: 30 },
  sweepRuns: { memory: 1024, seconds: 600, reserved: 1 },
  sendDelivery: { memory: 256, seconds: 40, reserved: 20 },
  giveUpDelivery: { memory: 256, seconds: 25 },
  ingestSpool: { seconds: 300, reserved: 20 },
  unknownRoute: { memory: 256, seconds: 5, reserved: 20 },
};

export const settingsOf = (id: string): Settings => ({ ...usual, ...rows[id] });
/** Every function that has a row: a test holds that it exists. */
export const named = Object.keys(rows);
