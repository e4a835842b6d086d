export type RefusalCode = 'unsupported_format' | 'unsupported_model' | 'malformed' | 'too_large' | 'unsafe';

/** Why an artifact is not a model here, and what to do instead; `at` names the place inside the file. */
export type Refusal = { code: RefusalCode; message: string; hint: string; at?: string };

/** Readers throw these plain values to the one place that returns them, importModel. */
const thrown = new WeakSet<object>();

export function refuse(code: RefusalCode, message: string, hint: string, at?: string): Refusal {
  const refusal: Refusal = at === undefined ? { code, message, hint } : { code, message, hint, at };
  thrown.add(refusal);
  return refusal;
}

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && thrown.has(value);

export const malformed = (message: string, at?: string) =>
  refuse(
    'malformed',
    message,
    'Save the model again with the library that trained it and upload that file unchanged.',
    at,
  );

export const tooLarge = (message: string, at?: string) =>
  refuse('too_large', message, 'Train or export a smaller model.', at);

/** A word found in a file may be shown only when it looks like a word. */
export const shown = (word: string): string =>
  /^[\w:.@/-]{1,40}$/.test(word) ? `"${word}"` : 'of that name';
