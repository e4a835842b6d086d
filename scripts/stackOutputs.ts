import { sha256, signedHeaders } from '../adapters/aws/sigv4.ts';

/**
 * What a deployed stack says of itself, asked of CloudFormation by the right of whoever runs this: credentials and
 * region come from where every AWS tool finds them. Throws with the service's own words where it refuses.
 */
export async function stackOutputs(stack: string): Promise<Record<string, string>> {
  const { client } = await import('../adapters/aws/table.ts');
  const [credentials, region] = await Promise.all([client.config.credentials(), client.config.region()]);
  const own = process.env.AWS_ENDPOINT_URL_CLOUDFORMATION ?? process.env.AWS_ENDPOINT_URL;
  const url = new URL(own ?? `https://cloudformation.${region}.amazonaws.com/`);
  const body = new URLSearchParams({
    Action: 'DescribeStacks',
    StackName: stack,
    Version: '2010-05-15',
  }).toString();
  const headers = signedHeaders(
    {
      ...{ method: 'POST', url, service: 'cloudformation', region, payload: sha256(body), now: Date.now() },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    credentials,
  );
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(part(text, 'Message') || `CloudFormation answered ${answer.status}`);
  const outputs = part(text, 'Outputs').split('<member>').slice(1);
  return Object.fromEntries(outputs.map((one) => [part(one, 'OutputKey'), part(one, 'OutputValue')]));
}

const part = (xml: string, name: string) =>
  plain(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1]?.trim() ?? '');
const plain = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
