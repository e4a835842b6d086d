import { type Fault, fault, isFault } from '../fault.ts';

/** Why a filter is refused; the message is for whoever wrote it. */
export interface FilterFault extends Fault {
  code: 'filter';
  /** Of the first character that is wrong, counted from 1, where that is known. */
  readonly position?: number;
}

export function filterFault(message: string, position?: number): FilterFault {
  const where = position === undefined ? message : `${message}, at character ${position}`;
  return Object.assign(fault('filter', where), { code: 'filter' as const, position });
}

export const isFilterFault = (error: unknown): error is FilterFault =>
  isFault(error) && error.code === 'filter';

/** Tells which character, counted from 1, a byte of a text belongs to, counted from 0. */
export function charactersOf(text: string): (byte: number) => number | undefined {
  const characters: number[] = [];
  let count = 0;
  for (const character of text) {
    count++;
    for (let i = Buffer.byteLength(character); i > 0; i--) characters.push(count);
  }
  return (byte) => characters[byte];
}
