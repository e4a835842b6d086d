import { syntaxOf } from './expressions.ts';
import {
  catchFields,
  choiceFields,
  distributedFields,
  innerFields,
  machineFields,
  needed,
  readerFields,
  retryFields,
  stateFields,
} from './fields.ts';
import { sparkJob } from './task.ts';
import { expressionsOf, type Fields, innerMachines, isFields, rulesOf, statesOf } from './visit.ts';

const s3Object = /^arn:aws[\w-]*:states:::s3:getObject$/;
const resource = /^arn:aws[\w-]*:states:::lambda:invoke$/;

/** What a definition holds that does not run here: an empty list lets it be loaded. */
export function check(definition: unknown): string[] {
  if (!isFields(definition)) return ['the definition is no object'];
  return [
    ...unknownFields('the machine', definition, machineFields),
    ...checkMachine('the machine', definition),
    ...(definition.TimeoutSeconds === undefined || typeof definition.TimeoutSeconds === 'number'
      ? []
      : ['the machine: TimeoutSeconds is no number']),
    ...statesOf(definition).flatMap(({ at, state, machine }) => checkState(at, state, machine, definition)),
  ];
}

function unknownFields(at: string, fields: Fields, known: string[]): string[] {
  return Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((name) => `${at}: the field ${name} is not known`);
}

function checkMachine(at: string, machine: Fields): string[] {
  if (!isFields(machine.States)) return [`${at}: States is missing`];
  return typeof machine.StartAt === 'string' && machine.StartAt in machine.States
    ? []
    : [`${at}: StartAt names no state of it`];
}

function checkState(at: string, state: Fields, machine: Fields, whole: Fields): string[] {
  const type = String(state.Type);
  const known = stateFields[type];
  if (!known) return [`${at}: the state type ${type} is not known`];
  const language = state.QueryLanguage ?? whole.QueryLanguage;
  const missing = (needed[type] ?? []).filter((name) => state[name] === undefined);
  return [
    ...unknownFields(at, state, isDistributed(state) ? [...known, ...distributedFields] : known),
    ...checkReader(at, state),
    ...missing.map((name) => `${at}: ${name} is missing`),
    ...(language === 'JSONata' ? [] : [`${at}: its query language is not JSONata`]),
    ...checkTask(at, state),
    ...checkWays(at, type, state, machine),
    ...checkRules(at, state),
    ...innerMachines(state).flatMap(([word, inner]) => checkInner(`${at}.${word}`, inner)),
    ...expressionsOf(state).flatMap((expression) => checkExpression(at, expression)),
  ];
}

function checkTask(at: string, state: Fields): string[] {
  if (state.Type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined))
    return [`${at}: a Wait has either Seconds or Timestamp`];
  if (state.Type !== 'Task') return [];
  if (sparkJob.test(String(state.Resource))) return checkJob(at, state);
  const name = isFields(state.Arguments) ? state.Arguments.FunctionName : undefined;
  return [
    ...(resource.test(String(state.Resource))
      ? []
      : [`${at}: the resource ${String(state.Resource)} is not known`]),
    ...(isFields(state.Arguments)
      ? unknownFields(`${at}.Arguments`, state.Arguments, ['FunctionName', 'Payload'])
      : []),
    ...(typeof name === 'string' ? [] : [`${at}: Arguments name no function`]),
  ];
}

const jobFields = [
  'ApplicationId',
  'ClientToken',
  'ExecutionRoleArn',
  'ExecutionTimeoutMinutes',
  'JobDriver',
];

/** A job is started once for each token, so without one a second start would be a second job. */
function checkJob(at: string, state: Fields): string[] {
  const asked = isFields(state.Arguments) ? state.Arguments : {};
  return [
    ...unknownFields(`${at}.Arguments`, asked, jobFields),
    ...jobFields
      .filter((name) => asked[name] === undefined)
      .map((name) => `${at}.Arguments: ${name} is missing`),
  ];
}

/** Every way out leads somewhere: to a state beside it, or to the end. */
function checkWays(at: string, type: string, state: Fields, machine: Fields): string[] {
  const beside = isFields(machine.States) ? machine.States : {};
  const rules = [...rulesOf(state, 'Choices'), ...rulesOf(state, 'Catch')].map(({ Next }) => Next);
  const own = type === 'Choice' ? [state.Default] : [state.Next];
  const ways = [...rules, ...own.filter((next) => next !== undefined)];
  const ends =
    ['Choice', 'Succeed', 'Fail'].includes(type) || (state.End === true) !== (state.Next !== undefined);
  return [
    ...(ends ? [] : [`${at}: it has neither Next nor End, or both`]),
    ...ways
      .filter((next) => typeof next !== 'string' || !Object.hasOwn(beside, next))
      .map(() => `${at}: a Next names no state beside it`),
  ];
}

function checkRules(at: string, state: Fields): string[] {
  const retries = rulesOf(state, 'Retry');
  const catches = rulesOf(state, 'Catch');
  const named = [...retries, ...catches];
  const choices = rulesOf(state, 'Choices').flatMap((rule) =>
    unknownFields(`${at}.Choices`, rule, choiceFields),
  );
  return [
    ...choices,
    ...retries.flatMap((rule) => unknownFields(`${at}.Retry`, rule, retryFields)),
    ...catches.flatMap((rule) => unknownFields(`${at}.Catch`, rule, catchFields)),
    ...(rulesOf(state, 'Choices').every(({ Condition }) => Condition !== undefined)
      ? []
      : [`${at}: a rule of the Choice has no Condition`]),
    ...(named.every(({ ErrorEquals: names }) => Array.isArray(names) && names.length > 0)
      ? []
      : [`${at}: a Retry or Catch names no errors`]),
    ...[retries, catches].flatMap((rules) => checkAll(at, rules)),
  ];
}

/** States.ALL stands alone, and nothing behind it would ever be asked. */
function checkAll(at: string, rules: Fields[]): string[] {
  const misplaced = rules.some(({ ErrorEquals: names }, i) => {
    if (!Array.isArray(names) || !names.includes('States.ALL')) return false;
    return names.length > 1 || i < rules.length - 1;
  });
  return misplaced ? [`${at}: States.ALL stands alone and last`] : [];
}

const isDistributed = ({ ItemProcessor: inner }: Fields) =>
  isFields(inner) && isFields(inner.ProcessorConfig) && inner.ProcessorConfig.Mode === 'DISTRIBUTED';

/** Items come from one JSON object. */
function checkReader(at: string, { ItemReader: reader }: Fields): string[] {
  if (!isFields(reader)) return [];
  const config = isFields(reader.ReaderConfig) ? reader.ReaderConfig : {};
  const parts = isFields(reader.Arguments) ? reader.Arguments : {};
  const json = s3Object.test(String(reader.Resource)) && config.InputType === 'JSON';
  return [
    ...unknownFields(`${at}.ItemReader`, reader, readerFields),
    ...unknownFields(`${at}.ItemReader`, config, ['InputType', 'MaxItems']),
    ...unknownFields(`${at}.ItemReader`, parts, ['Bucket', 'Key']),
    ...(json ? [] : [`${at}: only a JSON object of S3 is known to read items from`]),
  ];
}

function checkInner(at: string, inner: Fields): string[] {
  const config = inner.ProcessorConfig ?? {};
  if (!isFields(config)) return [`${at}: ProcessorConfig is no object`];
  const { Mode = 'INLINE', ExecutionType } = config;
  const types: (string | undefined)[] = Mode === 'INLINE' ? [undefined] : ['STANDARD', 'EXPRESS'];
  const known =
    ['INLINE', 'DISTRIBUTED'].includes(String(Mode)) && types.includes(ExecutionType as string | undefined);
  return [
    ...unknownFields(at, inner, innerFields),
    ...checkMachine(at, inner),
    ...unknownFields(`${at}.ProcessorConfig`, config, ['Mode', 'ExecutionType']),
    ...(known ? [] : [`${at}: its mode or type of execution is not known`]),
  ];
}

function checkExpression(at: string, expression: string): string[] {
  try {
    syntaxOf(expression);
    return /\$eval\s*\(/.test(expression) ? [`${at}: $eval is not known`] : [];
  } catch {
    return [`${at}: an expression is no JSONata`];
  }
}
