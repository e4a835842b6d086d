/** A version as callers write it. */
export type Version = 'latest' | number | 'none' | 'unreadable';

/** As Python reads a whole number: single underscores between digits. */
const form = /^([+-]?)(\d+(?:_\d+)*)$/;
/** Python reads no longer ones. */
const longest = 4300;
/** No name has more versions. */
const most = 999_999;

/** Read a version; a number that no version can have is `none`, so that nobody looks for it. */
export function versionOf(text: string | undefined): Version {
  if (text === undefined || text === '') return 'latest';
  const [, sign, digits = ''] = form.exec(text.trim()) ?? [];
  const plain = digits.replaceAll('_', '');
  if (sign === undefined || plain.length > longest) return 'unreadable';
  const number = Number(plain);
  return sign === '-' || number < 1 || number > most ? 'none' : number;
}
