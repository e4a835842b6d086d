/** How a text in quotes ends, and what its lines say together; undefined where they are not well written. */
type Quote = { ends: RegExp; text(parts: readonly string[]): string | undefined };

/** A quote that is not half of a pair ends the text. */
export const single: Quote = {
  ends: /(?:^|[^'])(?:'')*'$/,
  text(parts) {
    const inside = fold(parts, () => false).slice(0, -1);
    return inside.replaceAll("''", '').includes("'") ? undefined : inside.replaceAll("''", "'");
  },
};

/** A quote that no backslash escapes ends the text; a break that one escapes is nothing. */
export const double: Quote = {
  ends: /(?:^|[^\\])(?:\\\\)*"$/,
  text: (parts) => unescaped(fold(parts, (part) => /(?:^|[^\\])(?:\\\\)*\\$/.test(part)).slice(0, -1)),
};

/** One break of a line is a space, an empty line a break. */
function fold(parts: readonly string[], escapesBreak: (part: string) => boolean): string {
  const folded = parts.map((part, i) => {
    const next = parts[i + 1];
    if (i > 0 && part === '') return '\n';
    if (escapesBreak(part)) return part.slice(0, -1);
    return next === undefined || next === '' ? part : `${part} `;
  });
  return folded.join('');
}

/** The escapes of JSON, and YAML's own for blanks and for letters by their number. */
function unescaped(text: string): string | undefined {
  const json = text
    .replaceAll('\n', '\\n')
    .replace(/\\(?:x([\dA-F]{2})|U([\dA-F]{8})|.)/gi, (all, two?: string, eight?: string) => {
      if (all === '\\ ') return ' ';
      const digits = two ?? eight;
      const code = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
      return code <= 0x10ffff ? JSON.stringify(String.fromCodePoint(code)).slice(1, -1) : all;
    });
  try {
    const value: unknown = JSON.parse(`"${json}"`);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
