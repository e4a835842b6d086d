import type { ExprNode } from 'jsonata';
import { syntaxOf } from './expressions.ts';
import { expressionsOf, type Fields, isFields, rulesOf, statesOf } from './visit.ts';

const operators = ['=', '!=', '<', '>', '<=', '>=', 'and', 'or', 'in', '+', '-', '*', '/', '%', '&'];
const plainTypes = ['string', 'number', 'value', 'variable'];
const functions = ['merge', 'count', 'exists', 'string', 'now', 'uuid'].concat([
  'number',
  'join',
  'split',
  'sum',
  'keys',
  'lookup',
  'append',
  'sort',
]);

/** Fields that are ignored without a word by an engine these files must also run on. */
const ignored: Record<string, string[]> = {
  Succeed: ['Output'],
  Wait: ['Output'],
  Parallel: ['Output'],
  Map: ['Output', 'Assign', 'Catch', 'Retry'],
};

/** What in a definition would not mean the same on every engine it has to run on. */
export function portable(definition: unknown): string[] {
  if (!isFields(definition)) return ['the definition is no object'];
  return statesOf(definition).flatMap(({ at, state }) => [
    ...fieldsOf(at, state),
    ...literals(at, state),
    ...mapOf(at, state),
    ...catchesOf(at, state),
    ...expressionsOf(state).flatMap((expression) => expressionOf(at, expression)),
  ]);
}

const fieldsOf = (at: string, state: Fields) =>
  (ignored[String(state.Type)] ?? [])
    .filter((name) => state[name] !== undefined)
    .map((name) => `${at}: ${name} of a ${state.Type} is not portable`);

function literals(at: string, state: Fields): string[] {
  const plain = { Wait: ['Seconds', 'Timestamp'], Fail: ['Error', 'Cause'] }[String(state.Type)] ?? [];
  return plain
    .filter((name) => expressionsOf(state[name]).length > 0)
    .map((name) => `${at}: ${name} is an expression; only a literal is portable`);
}

/** Items and selectors become plain paths of the older language there. */
function mapOf(at: string, state: Fields): string[] {
  if (state.Type !== 'Map') return [];
  const paths = [...expressionsOf(state.Items), ...expressionsOf(state.ItemSelector)];
  const items =
    state.ItemReader || expressionsOf(state.Items).length === 1 ? [] : [`${at}: Items is no expression`];
  return [
    ...items,
    ...paths.filter((path) => !isPlainPath(path)).map(() => `${at}: only plain paths are portable`),
  ];
}

const isPlainPath = (expression: string) => /^\$states\.(input|context)(\.\w+)*$/.test(expression);

function catchesOf(at: string, state: Fields): string[] {
  const names = rulesOf(state, 'Catch').flatMap(({ ErrorEquals }) =>
    Array.isArray(ErrorEquals) ? ErrorEquals : [],
  );
  return names
    .filter((name) => name !== 'States.ALL' && name !== 'States.TaskFailed')
    .map((name) => `${at}: a Catch of ${name} is not portable`);
}

function expressionOf(at: string, expression: string): string[] {
  try {
    const found = new Set(unportable(syntaxOf(expression)));
    return [...found].map((what) => `${at}: ${what} is not portable in '${expression}'`);
  } catch {
    return [`${at}: '${expression}' is no JSONata`];
  }
}

/** What the types of the parser leave out. */
type Node = Omit<ExprNode, 'lhs'> & {
  lhs?: Node | Node[][];
  predicate?: { type: string; expr: Node }[];
  stages?: { type: string; expr: Node }[];
  group?: unknown;
  keepArray?: boolean;
  expression?: Node;
  condition?: Node;
  then?: Node;
  else?: Node;
};

function unportable(given: ExprNode): string[] {
  const node = given as Node;
  if (node.group !== undefined) return ['grouping'];
  if (node.keepArray || node.predicate) return ['an index or filter on a variable'];
  const { type } = node as { type: string };
  if (plainTypes.includes(type)) return [];
  const parts = children[type];
  return parts ? parts(node) : [`what JSONata calls ${type}`];
}

const each = (nodes: (Node | undefined)[]) =>
  nodes.flatMap((node) => (node === undefined ? [] : unportable(node as ExprNode)));

const children: Record<string, (node: Node) => string[]> = {
  path: (node) => pathOf((node.steps ?? []) as Node[]),
  binary: (node) => [
    ...(operators.includes(String(node.value)) ? [] : [`the operator ${node.value}`]),
    ...each([node.lhs as Node, node.rhs as Node]),
  ],
  condition: (node) => [
    ...(node.else === undefined ? ['? without :'] : []),
    ...each([node.condition, node.then, node.else]),
  ],
  block: (node) => {
    const inside = (node.expressions ?? []) as Node[];
    return inside.length === 1 ? each(inside) : ['( ; )'];
  },
  unary: (node) => {
    if (node.value === '[') return each((node.expressions ?? []) as Node[]);
    if (node.value === '-') return each([node.expression as Node]);
    const pairs = node.value === '{' ? (node.lhs as Node[][]) : undefined;
    if (!pairs) return [`the operator ${node.value}`];
    const keys = pairs.every(([key]) => key?.type === 'string') ? [] : ['a key that is no literal'];
    return [...keys, ...pairs.flatMap(([, value]) => each([value]))];
  },
  function: (node) => {
    const name = String((node.procedure as Node | undefined)?.value);
    const known = functions.includes(name) ? [] : [`the function $${name}`];
    return [...known, ...each((node.arguments ?? []) as Node[])];
  },
};

/** `$states.a.b[0].c`, or a variable and names without an index. */
function pathOf([first, ...steps]: Node[]): string[] {
  if (first?.type !== 'variable') return ['a path that begins with no variable'];
  const indexed = [first, ...steps].some((step) => step.stages || step.predicate);
  const wrong = steps.some((step) => step.type !== 'name' || step.keepArray || !isIndexed(step));
  return [
    ...(wrong || first.stages || first.predicate ? ['a path with more than names and fixed indexes'] : []),
    ...(indexed && String(first.value) !== 'states' ? ['an index or filter on a variable'] : []),
  ];
}

function isIndexed({ stages = [], predicate = [] }: Node): boolean {
  const filters = [...stages, ...predicate];
  if (filters.length > 1) return false;
  return filters.every(
    ({ type, expr }) => type === 'filter' && expr.type === 'number' && Number(expr.value) >= 0,
  );
}
