import { loopbackOnly } from './loopback.ts';

/** What the service refused, by the name that it gives the error. */
export class Refusal extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  // The database wants to see a signature; it does not look into it.
  authorization:
    'AWS4-HMAC-SHA256 Credential=test/20260101/local/service/aws4_request, SignedHeaders=host, Signature=0',
};

/** One call of a JSON service on this machine. */
export async function ask<T>(url: string, target: string, body: object): Promise<T> {
  const reply = await fetch(loopbackOnly(url), {
    method: 'POST',
    headers: { ...headers, 'x-amz-target': target },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await reply.json()) as T & { __type?: string; message?: string };
  if (!reply.ok)
    throw new Refusal(answer.__type?.replace(/^.*#/, '') ?? String(reply.status), answer.message ?? '');
  return answer;
}

export const askTables = <T>(url: string, call: string, body: object) =>
  ask<T>(url, `DynamoDB_20120810.${call}`, body);
export const askStreams = <T>(url: string, call: string, body: object) =>
  ask<T>(url, `DynamoDBStreams_20120810.${call}`, body);
