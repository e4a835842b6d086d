/** A tar archive written by hand, so that every field of it can lie. */
export type TarFile = {
  name: string;
  content?: string;
  type?: string;
  prefix?: string;
  size?: string;
  checksum?: string;
};

const block = 512;

export function tarOf(files: readonly TarFile[], end = 2): Uint8Array {
  const parts = files.flatMap((file) => {
    const content = Buffer.from(file.content ?? '');
    return [
      headerOf(file, content.length),
      content,
      Buffer.alloc((block - (content.length % block)) % block),
    ];
  });
  return new Uint8Array(Buffer.concat([...parts, Buffer.alloc(end * block)]));
}

function headerOf({ name, type = '0', prefix = '', size, checksum }: TarFile, length: number): Buffer {
  const header = Buffer.alloc(block);
  header.write(name, 0, 100, 'utf8');
  header.write('0000644\0', 100);
  header.write(size ?? `${length.toString(8).padStart(11, '0')}\0`, 124, 12, 'latin1');
  header.write('        ', 148);
  header.write(type, 156, 1, 'latin1');
  header.write('ustar\x0000', 257);
  header.write(prefix, 345, 155, 'utf8');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return header;
}

/** One record of a pax header, which begins with its own length. */
export function pax(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes;
  while (String(length).length + bytes !== length) length = String(length).length + bytes;
  return `${length}${rest}`;
}
