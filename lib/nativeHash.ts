import { createHash, createHmac } from 'node:crypto';

type Data = string | ArrayBuffer | Uint8Array;
const bytesOf = (data: Data) => (data instanceof ArrayBuffer ? new Uint8Array(data) : data);

/**
 * Bundled in place of the SDK's checksums: SHA-256, and HMAC with a secret, as Node has them. The SDK brings others,
 * written in JavaScript for machines without. Made with `new`, as the SDK does.
 */
export function Sha256(secret?: Data) {
  const begin = () => (secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret)));
  let hash = begin();
  return {
    update(data: Data) {
      hash.update(bytesOf(data));
    },
    digest: async () => new Uint8Array(hash.digest()),
    reset() {
      hash = begin();
    },
  };
}
