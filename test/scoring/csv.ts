import { readFileSync } from 'node:fs';

/** Cells of a CSV whose quoted values hold commas at most. */
export const cells = (line: string): string[] =>
  Array.from(line.matchAll(/"([^"]*)"|([^,]+)|(?<=,)(?=,|$)/g), (m) => m[1] ?? m[2] ?? '');

export function table(text: string): Record<string, string>[] {
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  const names = cells(head);
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i] ?? '', cell])));
}

export const linesAt = (path: string): string[] => readFileSync(path, 'utf8').trim().split(/\r?\n/);

/** Numbers separated by blanks, tabs or commas. */
export const numbersIn = (line: string): number[] =>
  line
    .trim()
    .split(/[\s,]+/)
    .map(Number);

/** The values of a row in libsvm's format by their column; the label before them is left out. */
export const sparse = (line: string): Map<number, number> =>
  new Map(
    line
      .trim()
      .split(/\s+/)
      .slice(1)
      .map((pair) => pair.split(':').map(Number) as [number, number]),
  );
