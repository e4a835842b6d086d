import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { loopbackOnly } from '../local/loopback.ts';

export interface Load {
  url: string;
  headers: Record<string, string>;
  /** Posted; without one it is a GET. */
  body?: string;
  connections: number;
  milliseconds: number;
}

/** Ask as fast as so many connections can, for so long; how long each answer took. */
async function load({ url, headers, body, connections, milliseconds }: Load): Promise<number[]> {
  const to = loopbackOnly(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const took: number[] = [];
  const until = performance.now() + milliseconds;
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const started = performance.now();
      const req = request(to, { method: body === undefined ? 'GET' : 'POST', agent, headers }, (res) => {
        if (res.statusCode !== 200) reject(new Error(`the answer was ${res.statusCode}`));
        res.resume().on('end', () => {
          took.push(performance.now() - started);
          resolve();
        });
      });
      req.on('error', reject).end(body);
    });
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) await ask();
    }),
  );
  agent.destroy();
  return took;
}

parentPort?.postMessage(await load(workerData as Load));
