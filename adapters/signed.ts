import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';

/** Calls to AWS without an SDK, for the function in which every kilobyte is a wait. */
export interface Call {
  service: 'dynamodb' | 's3';
  method: 'GET' | 'PUT' | 'POST';
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
  body: Buffer;
}

const region = () => process.env.AWS_REGION ?? 'us-east-1';

/** Where a service answers: on AWS, or wherever the two variables say that every SDK reads. */
export function endpoint(service: 'dynamodb' | 's3'): string {
  const own = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? process.env.AWS_ENDPOINT_URL;
  return (own ?? `https://${service}.${region()}.amazonaws.com`).replace(/\/$/, '');
}

/** The address of an object; its bucket stands in the path, as every endpoint understands it. */
export const objectUrl = (bucket: string, key: string) =>
  `${endpoint('s3')}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;

/** Send a signed request. 5xx, throttling and silence are tried again as often as the call allows. */
export async function send(call: Call): Promise<Answered> {
  for (let tried = 1; ; tried++) {
    const last = tried >= (call.attempts ?? 1);
    const answer = await transport.send(await signed(call), call).catch((error: Error) => {
      if (last) throw error;
    });
    if (answer && (last || !retryable(answer))) return answer;
    await pause(25 * Math.random() * 2 ** tried);
  }
}

const retryable = ({ status, body }: Answered) =>
  status >= 500 ||
  status === 429 ||
  (status === 400 && /Throttl|Throughput|RequestLimit/.test(body.toString('utf8', 0, 300)));

/** The credentials are read at every call: they change while a function lives. */
async function signed(call: Call): Promise<{ url: URL; headers: Headers }> {
  const { method, url, headers, body, service } = call;
  const signer = new AwsV4Signer({
    method,
    url,
    headers,
    body: body as ConstructorParameters<typeof AwsV4Signer>[0]['body'],
    service,
    region: region(),
    cache: derived,
    accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: process.env.AWS_SESSION_TOKEN,
  });
  return signer.sign();
}
const derived = new Map<string, ArrayBuffer>();

const agents = { 'http:': new PlainAgent({ keepAlive: true }), 'https:': new Agent({ keepAlive: true }) };

/** The one seam to the network, so that a test can stand in for it. */
export const transport = {
  send: ({ url, headers }: { url: URL; headers: Headers }, call: Call): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const over = url.protocol === 'http:' ? plainRequest : request;
      const agent = agents[url.protocol as keyof typeof agents];
      const req = over(url, { method: call.method, headers: Object.fromEntries(headers), agent }, (res) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        res.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > (call.maxBytes ?? 8 * 1024 * 1024))
            req.destroy(new Error(`${call.service} sent too much`));
          else parts.push(part);
        });
        res.on('end', () => done(() => resolve({ status: res.statusCode ?? 0, body: Buffer.concat(parts) })));
        res.on('error', (error) => done(() => reject(error)));
      });
      const timer = setTimeout(() => req.destroy(timedOut(call)), call.timeout);
      const done = (settle: () => void) => {
        clearTimeout(timer);
        settle();
      };
      req.on('error', (error) => done(() => reject(error)));
      req.end(call.body);
    }),
};

const timedOut = ({ service, timeout }: Call) =>
  Object.assign(new Error(`${service} did not answer within ${timeout} ms`), { name: 'TimeoutError' });
