import { request } from 'node:https';

const patience = 1_500;
const most = 256 * 1024;

/** A document of an issuer. Throws unless it comes over TLS, whole, soon, and from the very address that was asked. */
const get = (url: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`the issuer ${why}`));
      req.destroy();
    };
    // node:https refuses every other protocol, and follows nobody anywhere.
    const req = request(url, { headers: { accept: 'application/json' } }, (res) => {
      if (res.statusCode !== 200) return fail(`answered ${res.statusCode}`);
      const parts: Buffer[] = [];
      let left = most;
      res.on('data', (part: Buffer) => {
        left -= part.length;
        if (left < 0) fail('sent too much');
        else parts.push(part);
      });
      res.on('error', () => fail('broke off'));
      res.on('end', () => {
        clearTimeout(timer);
        try {
          resolve(JSON.parse(Buffer.concat(parts).toString()));
        } catch {
          fail('sent no JSON');
        }
      });
    });
    const timer = setTimeout(() => fail(`did not answer within ${patience} ms`), patience);
    req.on('error', () => fail('cannot be reached'));
    req.end();
  });

/** The one way to issuers, so that a test can stand in for it. */
export const outside = { get };
