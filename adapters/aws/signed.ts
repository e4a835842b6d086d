import { Agent, type RequestOptions, request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { sha256, signedHeaders } from './sigv4.ts';

/** Calls to AWS without an SDK, for functions in which every kilobyte is a wait. */
export interface Call {
  /** `catalog` is one outside AWS: it knows its callers by headers of their own, and nothing is signed. */
  service: 'dynamodb' | 's3' | 'glue' | 's3tables' | 'lambda' | 'secretsmanager' | 'ses' | 'catalog';
  method: 'GET' | 'PUT' | 'POST' | 'HEAD' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Milliseconds for all of it. */
  timeout: number;
  /** How often it is sent before it counts as failed; once where nothing is said. */
  attempts?: number;
  maxBytes?: number;
}
export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export const region = () => process.env.AWS_REGION ?? 'us-east-1';

/** They are read at every call: they change while a function lives. */
export const credentials = () => ({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? '',
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? '',
  sessionToken: process.env.AWS_SESSION_TOKEN,
});

/** Services whose variable or host is not called as they are in a signature. */
const otherwise: Partial<Record<Call['service'], { variable: string; host: string }>> = {
  secretsmanager: { variable: 'SECRETS_MANAGER', host: 'secretsmanager' },
  ses: { variable: 'SESV2', host: 'email' },
};

/** Where a service answers: on AWS, or wherever the two variables say that every SDK reads. */
export function endpoint(service: Call['service']): string {
  const { variable = service.toUpperCase(), host = service } = otherwise[service] ?? {};
  const own = process.env[`AWS_ENDPOINT_URL_${variable}`] ?? process.env.AWS_ENDPOINT_URL;
  return (own ?? `https://${host}.${region()}.amazonaws.com`).replace(/\/$/, '');
}

/**
 * Send a signed request. 5xx, throttling and silence are tried again as often as the call allows; and once more where
 * a connection had been closed while nobody used it: then nothing was asked.
 */
export async function send(call: Call): Promise<Answered> {
  let attempts = call.attempts ?? 1;
  for (let tried = 1; ; tried++) {
    const answer = await transport.send(new URL(call.url), sign(call), call).catch((error: Reused) => {
      if (tried === 1 && error.reused && error.code === 'ECONNRESET') attempts += 1;
      if (tried >= attempts) throw error;
    });
    if (answer && (tried >= attempts || !passing(answer))) return answer;
    await pause(25 * Math.random() * 2 ** tried);
  }
}

type Reused = Error & { code?: string; reused?: boolean };

const passing = ({ status, body }: Answered) =>
  status >= 500 ||
  status === 429 ||
  (status === 400 && /Throttl|Throughput|RequestLimit/.test(body.toString('utf8', 0, 300)));

/** A body for S3 goes over TLS and is known by its checksum: it need not be hashed for its signature too. */
const sign = ({ method, url, service, headers = {}, body = '' }: Call) =>
  service === 'catalog'
    ? headers
    : signedHeaders(
        {
          ...{ method, service, headers, url: new URL(url), region: region(), now: Date.now() },
          payload: service === 's3' ? 'UNSIGNED-PAYLOAD' : sha256(body),
        },
        credentials(),
      );

type Sender = typeof request;

/** Importing node:http would load a WebSocket client with it, 23 ms of CPU; only a stand-in on this machine needs it. */
const plain = () => process.getBuiltinModule('node:http');
const secureAgent = new Agent({ keepAlive: true });
let plainAgent: RequestOptions['agent'];

/** The one seam to the network, so that a test can stand in for it. */
export const transport = {
  send: (url: URL, headers: Record<string, string>, call: Call): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const secure = url.protocol === 'https:';
      if (!secure) plainAgent ??= new (plain().Agent)({ keepAlive: true });
      const over = secure ? request : (plain().request as Sender);
      const agent = secure ? secureAgent : plainAgent;
      const fail = (error: Error) => done(() => reject(error));
      const abandon = (error: Error) => {
        fail(error);
        req.destroy();
      };
      const req = over(url, { method: call.method, headers, agent }, (res) => {
        const { statusCode: status = 0, headers } = res;
        const parts: Buffer[] = [];
        let left = call.maxBytes ?? 8 * 1024 * 1024;
        res.on('data', (part: Buffer) => {
          left -= part.length;
          if (left < 0) abandon(new Error(`${call.service} sent too much`));
          else parts.push(part);
        });
        res.on('end', () => done(() => resolve({ status, headers, body: Buffer.concat(parts) })));
        res.on('error', fail);
      });
      const timer = setTimeout(() => abandon(timedOut(call)), call.timeout);
      const done = (settle: () => void) => {
        clearTimeout(timer);
        settle();
      };
      req.on('error', (error) => fail(Object.assign(error, { reused: req.reusedSocket })));
      req.end(call.body);
    }),
};

const timedOut = ({ service, timeout }: Call) =>
  Object.assign(new Error(`${service} did not answer within ${timeout} ms`), { name: 'TimeoutError' });
