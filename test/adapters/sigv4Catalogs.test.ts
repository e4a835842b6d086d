import { expect, test } from 'vitest';
import { sha256, signedHeaders } from '../../adapters/aws/sigv4.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'secret/with+signs',
  sessionToken: 'token==',
};
const region = 'eu-west-1';

/** What botocore 1.44.5 signs on 2026-11-20 at 06:00:00 UTC: service, body, path after /iceberg/v1/, signature. */
test.each([
  [
    'glue',
    null,
    'config?warehouse=123456789012%3As3tablescatalog%2Fbucket',
    'b56bb49c88c6d94e83ffe5f0206fb22570baff968c0ff7bc8ee2850c19dba3ef',
  ],
  [
    'glue',
    null,
    'catalogs/123456789012%3As3tablescatalog%2Fbucket/namespaces/a%1Fb/tables/t',
    '0ff7f6a1abeb25bed3a705bcb6669fe2e534ded68620f7134a5494d55031c943',
  ],
  [
    'glue',
    '{"requirements":[]}',
    'catalogs/123456789012/namespaces/ch%C3%BCrn/tables/t%20u',
    '1cf49de1667fd61e4c4147e23b7f0fe2bfd77510c73e569f95956f46ce7ffa73',
  ],
  [
    's3tables',
    null,
    'config?warehouse=arn%3Aaws%3As3tables%3Aeu-west-1%3A123456789012%3Abucket%2Fscores',
    '96dac09e45d33649bc3775b624ce663344ac28e1bea1f451432846a1b9ab15d6',
  ],
  [
    's3tables',
    '{"updates":[]}',
    'arn%3Aaws%3As3tables%3Aeu-west-1%3A123456789012%3Abucket%2Fscores/namespaces/scores/tables/churn',
    '4521fdbf94992682324ed75f774a06b1bae980564121f86be298ed92462d8c26',
  ],
  [
    's3tables',
    null,
    'arn%3Aaws%3As3tables%3Aeu-west-1%3A123456789012%3Abucket%2Fscores/namespaces/a~b!c*d',
    '7ebae866cdbacb50fedffb17f94b0e4cf9c2ff9850fe358e1d72b1eab51cfe11',
  ],
])(
  'a request to %s with the body %s is the one that botocore signs: %s',
  (service, body, path, signature) => {
    const url = new URL(`https://${service}.${region}.amazonaws.com/iceberg/v1/${path}`);
    expect(url.href.endsWith(path)).toBe(true);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== null) headers['content-type'] = 'application/json';
    const method = body === null ? 'GET' : 'POST';
    const now = Date.parse('2026-11-20T06:00:00Z');
    const request = { method, url, service, region, headers, payload: sha256(body ?? ''), now };
    expect(signedHeaders(request, credentials).authorization?.split('Signature=')[1]).toBe(signature);
  },
);
