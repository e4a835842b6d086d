/** Event patterns, as EventBridge rules and stream filters write them. An operator not known here is refused when it is read. */
export type Matches = (event: unknown) => boolean;

type Test = (value: unknown) => boolean;
const missing = Symbol('missing');

/** Every key of a pattern must match: an object goes deeper, a list names what may stand there. */
export function compilePattern(pattern: unknown): Matches {
  if (pattern === null || typeof pattern !== 'object' || Array.isArray(pattern))
    throw new Error('an event pattern is an object');
  const fields = Object.entries(pattern).map(([key, wanted]) => {
    if (key.startsWith('$')) throw new Error(`nothing here knows ${key} in an event pattern`);
    const test = Array.isArray(wanted) ? anyOf(wanted) : deeper(wanted);
    return { key, test };
  });
  if (fields.length === 0) throw new Error('an event pattern that is empty');
  return (event) =>
    typeof event === 'object' &&
    event !== null &&
    fields.every(({ key, test }) =>
      test(Object.hasOwn(event, key) ? (event as Record<string, unknown>)[key] : missing),
    );
}

/** Below a key that is missing everything is missing, which `exists: false` may want. */
function deeper(pattern: unknown): Test {
  const inner = compilePattern(pattern);
  return (value) => inner(value === missing ? {} : value);
}

function anyOf(wanted: unknown[]): Test {
  if (wanted.length === 0) throw new Error('an event pattern with an empty list');
  const tests = wanted.map(compileOne);
  // A list in the event matches when one of its items does.
  return (value) =>
    Array.isArray(value) ? value.some((item) => tests.some((t) => t(item))) : tests.some((t) => t(value));
}

function compileOne(wanted: unknown): Test {
  if (wanted === null || typeof wanted !== 'object') return (value) => value === wanted;
  const [[operator, argument] = ['', undefined], ...more] = Object.entries(wanted);
  const make = operators[operator];
  if (!make || more.length > 0)
    throw new Error(`nothing here knows the operator ${operator} of an event pattern`);
  return make(argument);
}

const operators: Record<string, (argument: unknown) => Test> = {
  prefix: (start) => {
    const text = string(start);
    return (value) => typeof value === 'string' && value.startsWith(text);
  },
  suffix: (end) => {
    const text = string(end);
    return (value) => typeof value === 'string' && value.endsWith(text);
  },
  exists: (wanted) => {
    if (typeof wanted !== 'boolean') throw new Error('exists takes true or false');
    return (value) => (value !== missing) === wanted;
  },
  'anything-but': (refused) => {
    const tests = (Array.isArray(refused) ? refused : [refused]).map(compileOne);
    return (value) => value !== missing && !tests.some((test) => test(value));
  },
  numeric: (bounds) => {
    if (!Array.isArray(bounds) || bounds.length === 0 || bounds.length % 2)
      throw new Error('numeric takes pairs');
    const tests: Test[] = [];
    for (let i = 0; i < bounds.length; i += 2) tests.push(compare(bounds[i], bounds[i + 1]));
    return (value) => tests.every((test) => test(value));
  },
};

function compare(sign: unknown, bound: unknown): Test {
  const holds = comparisons[String(sign)];
  if (!holds || typeof bound !== 'number') throw new Error('numeric takes a comparison and a number');
  return (value) => typeof value === 'number' && holds(value, bound);
}

const comparisons: Record<string, (value: number, bound: number) => boolean> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '=': (value, bound) => value === bound,
  '>=': (value, bound) => value >= bound,
  '>': (value, bound) => value > bound,
};

function string(argument: unknown): string {
  if (typeof argument !== 'string') throw new Error('text is expected in an event pattern');
  return argument;
}
