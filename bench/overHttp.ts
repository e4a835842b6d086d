import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { freePort } from '../local/loopback.ts';
import { startStack } from '../local/stack.ts';
import type { Load } from './load.ts';
import { summary } from './statistics.ts';

/** Predictions over HTTP on the local stack, every one of them logged in its table. */
export async function overHttp() {
  const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const started = performance.now();
  const stack = await startStack({ home, port: await freePort() });
  const ready = performance.now() - started;
  try {
    const { record } = JSON.parse(readFileSync('local/sample/sample.json', 'utf8')).example;
    const of = {
      predict: {
        url: `${stack.url}/api/mlops/deployments/${stack.sample?.deployment_id}/predict`,
        headers: { authorization: `Bearer ${stack.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ inputs: record }),
      },
      healthz: { url: `${stack.url}/healthz`, headers: {} },
    };
    const rows = [];
    for (const [what, load] of Object.entries(of)) {
      await run({ ...load, connections: 4, milliseconds: 2_000 });
      for (const connections of [1, 16]) {
        const took = await run({ ...load, connections, milliseconds: 5_000 });
        rows.push({ what, connections, perSecond: took.length / 5, ...summary(Float64Array.from(took)) });
      }
    }
    return { ready, rows };
  } finally {
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

const run = (load: Load) =>
  new Promise<number[]>((resolve, reject) => {
    const worker = new Worker(join(import.meta.dirname, 'load.ts'), { workerData: load });
    worker.once('message', resolve).once('error', reject);
  });
