/** How many there are of the characters by which detectors tell what a text can hold. */
export interface Signs {
  length: number;
  digits: number;
  capitals: number;
  ats: number;
  dots: number;
  colons: number;
  hyphens: number;
}

type Sign = Exclude<keyof Signs, 'length'>;

const marks: Record<string, Sign> = { '@': 'ats', '.': 'dots', ':': 'colons', '-': 'hyphens' };
/** By UTF-16 unit: only ASCII counts. */
const kinds: readonly (Sign | undefined)[] = Array.from({ length: 128 }, (_, unit) =>
  kindOf(String.fromCharCode(unit)),
);

export function signsOf(text: string): Signs {
  const signs = { length: text.length, digits: 0, capitals: 0, ats: 0, dots: 0, colons: 0, hyphens: 0 };
  for (let i = 0; i < text.length; i++) {
    const kind = kinds[text.charCodeAt(i)];
    if (kind) signs[kind]++;
  }
  return signs;
}

function kindOf(character: string): Sign | undefined {
  if (/\d/.test(character)) return 'digits';
  return /[A-Z]/.test(character) ? 'capitals' : marks[character];
}
