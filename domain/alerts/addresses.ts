import { BlockList, isIP } from 'node:net';

/** Networks of IPv4 that are no place for a message: private, shared, our own host, link-local, reserved. */
const blocked4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Of IPv6 only what is handed out for global use, less what carries IPv4 inside or stands in documents. */
const global6 = '2000::/3';
const blocked6 = ['2001::/32', '2001:db8::/32', '2002::/16'];
/** Kept apart from the blocked ones: among them it would block every address of IPv4. */
const mapped = '::ffff:0:0/96';

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

const blocked = listOf([...blocked4, ...blocked6]);
const allowed6 = listOf([global6, mapped]);

/** Whether an address may be connected to. What is no plain address may not; one of IPv4 inside IPv6 counts as IPv4. */
export function isPublic(address: string): boolean {
  if (address.includes('%')) return false;
  const family = isIP(address);
  if (family === 4) return !blocked.check(address, 'ipv4');
  return family === 6 && allowed6.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
}
