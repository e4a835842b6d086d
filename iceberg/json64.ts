import { malformed } from './fault.ts';

/** JSON whose integers beyond 2^53 are bigint: snapshot ids are 63 bits wide. */
export type Json = null | boolean | number | bigint | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** What can be written as JSON; undefined members are left out. */
export type JsonInput =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonInput[]
  | JsonMembers;
export interface JsonMembers {
  readonly [key: string]: JsonInput;
}

declare global {
  /** Text that is written as it is: in the runtime, not yet in the compiler's library. */
  interface JSON {
    rawJSON(text: string): object;
  }
}

/** Longer integers serve nothing here, and reading them takes quadratic time. */
const maxDigits = 40;

/** The runtime tells a reviver the text behind a number. */
interface Context {
  source?: string;
}

function exact(value: Json, { source }: Context): Json {
  if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value;
  if (!/^-?\d+$/.test(source)) return value;
  if (source.length > maxDigits) throw malformed('JSON: an integer is too long');
  return BigInt(source);
}

/** Integers of at most 2^53 stay numbers; larger ones become bigint. Throws a fault that tells nothing of the text. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text, (_key, value: Json, ...[context = {}]: Context[]) => exact(value, context));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError)
      throw malformed('JSON: the text is not valid');
    throw error;
  }
}

/** Bigints are written as bare integers. */
export function printJson(value: JsonInput): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? JSON.rawJSON(String(member)) : member,
  );
}
