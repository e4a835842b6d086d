import { expect, test } from 'vitest';
import { remembered } from '../../functions/kit/inference/cache.ts';

const counted = (bounds: Omit<Parameters<typeof remembered<string>>[1], 'age'>, age = 1_000_000) => {
  const reads: string[] = [];
  const ask = remembered(
    async (key: string) => {
      reads.push(key);
      if (key === 'fails') throw new Error('no');
      return key === 'none' ? undefined : key;
    },
    { age, ...bounds },
  );
  return { ask, reads };
};

test('what was asked for last is kept, and the oldest is read again', async () => {
  const { ask, reads } = counted({ most: 2 });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(key);
  expect(reads).toEqual(['a', 'b', 'c', 'b']);
});

test('requests at once wait for one read', async () => {
  const { ask, reads } = counted({ most: 2 });
  expect(await Promise.all([ask('a'), ask('a'), ask('a')])).toEqual(['a', 'a', 'a']);
  expect(reads).toEqual(['a']);
});

test('what failed or was not found is read again, and what is too old too', async () => {
  const { ask, reads } = counted({ most: 2 });
  for (let i = 0; i < 2; i++) {
    await expect(ask('fails')).rejects.toThrow('no');
    expect(await ask('none')).toBeUndefined();
  }
  expect(reads).toEqual(['fails', 'none', 'fails', 'none']);
  const old = counted({ most: 2 }, 0);
  await old.ask('a');
  await old.ask('a');
  expect(old.reads).toEqual(['a', 'a']);
});

test('the oldest go when all together are too heavy, but never the one that was just read', async () => {
  const { ask, reads } = counted({ most: 10, heaviest: 5, weigh: (value) => value.length });
  for (const key of ['aa', 'bb', 'aa', 'cc', 'aa', 'bb']) await ask(key);
  expect(reads).toEqual(['aa', 'bb', 'cc', 'bb']);
  await ask('much-too-heavy');
  await ask('much-too-heavy');
  await ask('aa');
  expect(reads.slice(4)).toEqual(['much-too-heavy', 'aa']);
});
