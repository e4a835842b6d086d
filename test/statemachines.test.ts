import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import validate from 'asl-validator';
import { describe, expect, test } from 'vitest';
import * as tasks from '../contracts/tasks.ts';
import { check } from '../local/asl/check.ts';
import type { Machine, Retrier, State } from '../local/asl/machine.ts';
import { portable } from '../local/asl/portable.ts';
import { expressionsOf, statesOf } from '../local/asl/visit.ts';

const files = globSync('statemachines/*.asl.json');
/** Machines that a caller waits for; every other one is Standard. */
const express = ['deploy', 'promote', 'rollback', 'deactivate'];
/** What no Retry may name besides: these pass by themselves. */
const passing = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'States.Timeout',
];
/** What may run beside functions, and what infrastructure says of it. */
const sparkJob = 'arn:aws:states:::emr-serverless:startJobRun.sync';
const sparkWords = ['sparkApplication', 'sparkRole', 'sparkScript', 'sparkParameters'];
const oldWords = [
  'InputPath',
  'OutputPath',
  'ResultPath',
  'ResultSelector',
  'Parameters',
  'Variable',
  'ItemsPath',
];

/** Machines that go on without anybody waiting. */
const standard = ['drift', 'batchScore', 'notify'];

test('there is a machine for every change of what runs, and nothing else lies beside them', () => {
  const named = files.map((file) => basename(file, '.asl.json'));
  expect(named.toSorted()).toEqual([...express, ...standard].toSorted());
  expect(globSync('statemachines/**/*').filter((file) => !files.includes(file))).toEqual([]);
});

const ways = ({ Next, Default, Choices = [], Catch = [] }: State) =>
  [Next, Default, ...Choices.map((c) => c.Next), ...Catch.map((c) => c.Next)].filter(
    (next) => next !== undefined,
  );

/** The states from which no way leads to an end. */
function strandedIn(states: [string, State][]): string[] {
  const ending = new Set<string>();
  const ends = (state: State) =>
    state.End === true ||
    ['Succeed', 'Fail'].includes(state.Type) ||
    ways(state).some((next) => ending.has(next));
  for (const _ of states) for (const [at, state] of states) if (ends(state)) ending.add(at);
  return states.map(([at]) => at).filter((at) => !ending.has(at));
}

describe.each(files)('%s', (file) => {
  const text = readFileSync(file, 'utf8');
  const machine = JSON.parse(text) as Machine;
  const name = basename(file, '.asl.json');
  const states = statesOf(machine as never).map(({ at, state }) => [at, state as unknown as State] as const);
  const calling = states.filter(([, { Type }]) => Type === 'Task');
  const retriers = (state: State): Retrier[] => state.Retry ?? [];

  test('is valid Amazon States Language', () => {
    // The validator takes an empty text for no value at all; AWS does not.
    const filled = JSON.parse(text.replaceAll('""', '"-"'));
    expect(validate(filled, { checkArn: false })).toMatchObject({ isValid: true, errors: [] });
  });

  test('holds nothing that does not run here, or would mean something else elsewhere', () => {
    expect(check(machine)).toEqual([]);
    expect(portable(machine)).toEqual([]);
  });

  test('speaks JSONata alone, without intrinsic functions or paths', () => {
    expect(machine.QueryLanguage).toBe('JSONata');
    expect(text).not.toMatch(/States\.(?:Format|Json|StringTo|Array|Math|Hash|UUID|Base64)/);
    expect(oldWords.filter((word) => text.includes(`"${word}"`))).toEqual([]);
  });

  test('ends in time, and so does every task of it', () => {
    expect(machine.TimeoutSeconds).toBeGreaterThan(0);
    expect(calling.length).toBeGreaterThan(1);
    for (const [at, { TimeoutSeconds }] of calling) {
      expect(TimeoutSeconds, at).toBeGreaterThan(0);
      expect(TimeoutSeconds, at).toBeLessThanOrEqual(machine.TimeoutSeconds ?? 0);
    }
    if (name !== 'deploy' && express.includes(name)) expect(machine.TimeoutSeconds).toBe(20);
    if (name === 'deploy') expect(machine.TimeoutSeconds).toBe(120);
  });

  test('tries again only what passes by itself, a few times, with growing pauses and full jitter', () => {
    expect(states.flatMap(([, state]) => retriers(state))).not.toEqual([]);
    for (const [at, state] of states)
      for (const retrier of retriers(state)) {
        expect(
          retrier.ErrorEquals.filter((error) => !passing.includes(error)),
          at,
        ).toEqual([]);
        expect(retrier, at).toMatchObject({
          BackoffRate: expect.any(Number),
          MaxDelaySeconds: expect.any(Number),
          JitterStrategy: 'FULL',
        });
        expect(retrier.MaxAttempts, at).toBeLessThanOrEqual(express.includes(name) ? 2 : 6);
      }
  });

  test('every task catches what is left of an error and keeps it', () => {
    for (const [at, { Catch = [] }] of calling) {
      const last = Catch.at(-1);
      expect(last?.ErrorEquals, at).toEqual(['States.ALL']);
      expect(JSON.stringify(last?.Assign), at).toContain('$states.errorOutput.Error');
    }
  });

  test('every choice says what happens otherwise', () => {
    for (const [at, { Type, Default }] of states) if (Type === 'Choice') expect(Default, at).toBeDefined();
  });

  test('every state can be reached, and every state can come to an end', () => {
    const all = Object.entries(machine.States);
    const reached = new Set([machine.StartAt]);
    for (const at of reached) for (const next of ways(machine.States[at] as State)) reached.add(next);
    expect(all.filter(([at]) => !reached.has(at))).toEqual([]);
    expect(strandedIn(all)).toEqual([]);
  });

  test('names functions that exist and whose contract is written down, each by its placeholder', () => {
    const named = calling
      .filter(([, { Resource }]) => Resource !== sparkJob)
      .map(([, state]) => (state.Arguments as { FunctionName: string }).FunctionName);
    for (const placeholder of named) {
      expect(placeholder).toMatch(/^\$\{\w+\}$/);
      const id = placeholder.slice(2, -1);
      if (express.includes(name) && id !== 'checkBatch')
        expect(existsSync(`functions/lifecycle/${id}.ts`), id).toBe(true);
      else expect(globSync(`functions/*/${id}.ts`), id).toHaveLength(1);
      expect(tasks, id).toHaveProperty(id);
    }
    const jobs = calling.filter(([, { Resource }]) => Resource === sparkJob);
    const more = jobs.flatMap(([, state]) => [...JSON.stringify(state).matchAll(/\$\{(\w+)\}/g)]);
    expect(more.filter(([, word]) => !sparkWords.includes(String(word)))).toEqual([]);
    expect([...text.matchAll(/\$\{(\w+)\}/g)].length).toBe(named.length + more.length);
  });

  test('hands on no inputs, predictions or secrets, and decides by no clock', () => {
    const expressions = states.flatMap(([, state]) => expressionsOf(state));
    expect(expressions).not.toEqual([]);
    expect(
      expressions.filter((e) => /inputs|prediction|secret|\bkey\b|digest|\$now|\$millis|Timestamp/i.test(e)),
    ).toEqual([]);
  });

  test('calls Lambda without a version of its own, and nothing else of AWS but one job of Spark', () => {
    const jobs = calling.filter(([, { Resource }]) => Resource !== 'arn:aws:states:::lambda:invoke');
    expect(jobs.map(([at, { Resource }]) => [at, Resource])).toEqual(
      name === 'batchScore' ? [[expect.stringContaining('Score it on Spark'), sparkJob]] : [],
    );
    // Started again under the same token it is the same job; a Retry would hear at once that it failed.
    for (const [at, { Arguments, Retry }] of jobs) {
      expect(Arguments, at).toMatchObject({ ClientToken: '{% $run.run_id %}' });
      expect(Retry, at).toBeUndefined();
    }
  });
});
