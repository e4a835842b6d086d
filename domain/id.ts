/** A UUIDv7 of this millisecond: ids sort by the time they were made. `random` is ten bytes. */
export function idAt(milliseconds: number, random: Uint8Array): string {
  const time = milliseconds.toString(16).padStart(12, '0');
  const tail = Buffer.from(random);
  tail[0] = 0x70 | ((tail[0] ?? 0) & 0x0f);
  tail[2] = 0x80 | ((tail[2] ?? 0) & 0x3f);
  const rest = tail.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-${rest.slice(0, 4)}-${rest.slice(4, 8)}-${rest.slice(8)}`;
}

export const millisecondsOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** Row i of a request has the id of its log with i in the last twelve bits. */
export const rowId = (id: string, row: number): string =>
  row === 0 ? id : `${id.slice(0, -3)}${row.toString(16).padStart(3, '0')}`;
