import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** DER: a tag, a length, and what is inside. */
function der(tag: number, ...inside: Buffer[]): Buffer {
  const content = Buffer.concat(inside);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
const sequence = (...inside: Buffer[]) => der(0x30, ...inside);
const oid = (...bytes: number[]) => der(0x06, Buffer.from(bytes));
const text = (tag: number, value: string) => der(tag, Buffer.from(value, 'latin1'));
const integer = (value: number) => der(0x02, Buffer.from([value]));

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const name = (common: string) => sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), text(0x0c, common))));
const moment = (at: number) => text(0x18, `${new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`);

/** For which names it is, as the extension subjectAltName. */
const names = (hosts: readonly string[]) =>
  der(
    0xa3,
    sequence(sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(...hosts.map((host) => text(0x82, host)))))),
  );

function certificate(hosts: readonly string[], publicKey: KeyObject, privateKey: KeyObject): string {
  const day = 86_400_000;
  const body = sequence(
    ...[der(0xa0, integer(2)), integer(1), ecdsaWithSha256, name('test')],
    sequence(moment(Date.now() - day), moment(Date.now() + day)),
    ...[name('test'), publicKey.export({ type: 'spki', format: 'der' }), names(hosts)],
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const whole = sequence(body, ecdsaWithSha256, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${whole.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

/** A new key, and a certificate that it signed itself for these hosts: from a day ago to a day ahead. */
export function selfSigned(hosts: readonly string[]): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, cert: certificate(hosts, publicKey, privateKey) };
}
