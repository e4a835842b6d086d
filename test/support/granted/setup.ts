import { afterAll, afterEach, expect } from 'vitest';
import { noteUses, refused } from './granted.ts';

const hint =
  'a role does not allow these calls; where lib/ grants them by now, docs/permissions.txt is to be written anew: ' +
  'npx vitest run --project infra test/lib/permissions.test.ts -u';

afterEach(() => {
  expect(refused(), hint).toEqual([]);
});
afterAll(noteUses);
