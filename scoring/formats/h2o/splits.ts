import { caps } from '../../caps.ts';
import { malformed, tooLarge } from '../../refusals.ts';

/** What decides at a node: a number, a set of level codes, or only whether the value is missing. */
export type Test =
  | { kind: 'number'; threshold: number }
  /** Bit i stands for level `offset` + i; a set bit goes right. */
  | { kind: 'levels'; offset: number; count: number; bits: Uint8Array }
  | { kind: 'missing' };

/** One inner node; `left` and `right` are where its sides begin in the file. */
export type Split = {
  column: number;
  leftward: boolean;
  test: Test;
  left: number;
  right: number;
  leftIsLeaf: boolean;
  rightIsLeaf: boolean;
};

const direction = { missingAgainstRest: 1, missingLeft: 2, missingRight: 3, left: 4, right: 5 } as const;
const testKind = { number: 0, small: 8, large: 12 } as const;
const smallBytes = 4;
/** The left side is a leaf and stands here itself. */
const inlineLeaf = 48;

/** The bit sets of trees before version 1.20 count bytes, those after count bits. */
export type SetForm = 'bytes' | 'bits';

export type SplitReader = (view: DataView, from: number, at: string) => Split;

export function splitReader(form: SetForm): SplitReader {
  return (view, from, at) => {
    const need = (place: number, bytes: number) => {
      if (place + bytes > view.byteLength) throw malformed('A tree ends too early.', at);
      return place;
    };
    need(from, 4);
    const type = view.getUint8(from);
    const way = view.getUint8(from + 3);
    if (way < direction.missingAgainstRest || way > direction.right)
      throw malformed('A node does not tell where missing values go.', at);
    const against = way === direction.missingAgainstRest;
    const { test, end } = against
      ? { test: { kind: 'missing' } as const, end: from + 4 }
      : testAt(view, from + 4, type & 12, form, need, at);
    return {
      column: view.getUint16(from + 1, true),
      leftward: way === direction.missingLeft || way === direction.left,
      test,
      ...sidesAt(view, end, type, need, at),
    };
  };
}

type Need = (place: number, bytes: number) => number;

function testAt(view: DataView, from: number, kind: number, form: SetForm, need: Need, at: string) {
  if (kind === testKind.number) {
    const threshold = view.getFloat32(need(from, 4), true);
    if (!Number.isFinite(threshold)) throw malformed('A threshold is not a finite number.', at);
    return { test: { kind: 'number', threshold } as const, end: from + 4 };
  }
  if (kind === testKind.small) return levelsAt(view, from, 0, 8 * smallBytes, need);
  if (kind !== testKind.large) throw malformed('A node has an unknown kind of split.', at);
  const offset = view.getUint16(need(from, 4), true);
  if (form === 'bytes') return levelsAt(view, from + 4, offset, 8 * view.getUint16(from + 2, true), need);
  const count = view.getInt32(need(from + 2, 4), true);
  if (count < 0) throw malformed('A split has a negative number of levels.', at);
  if (count > caps.category) throw tooLarge('A category has too large a code.', at);
  return levelsAt(view, from + 6, offset, count, need);
}

function levelsAt(view: DataView, from: number, offset: number, count: number, need: Need) {
  const length = (count + 7) >> 3;
  const bits = new Uint8Array(view.buffer, view.byteOffset + need(from, length), length);
  return { test: { kind: 'levels', offset, count, bits } as const, end: from + length };
}

/** The size of the left side, in one to four bytes, stands before it, unless that is a leaf. */
function sidesAt(view: DataView, from: number, type: number, need: Need, at: string) {
  const rightIsLeaf = (type & 0x40) !== 0;
  const width = (type & 51) + 1;
  if ((type & 51) === inlineLeaf) return { left: from, right: from + 4, leftIsLeaf: true, rightIsLeaf };
  if (width > 4) throw malformed('A node has an unknown form.', at);
  need(from, width);
  let size = 0;
  for (let i = 0; i < width; i++) size += view.getUint8(from + i) * 256 ** i;
  return { left: from + width, right: from + width + size, leftIsLeaf: false, rightIsLeaf };
}
