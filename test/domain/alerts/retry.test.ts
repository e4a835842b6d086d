import fc from 'fast-check';
import { expect, test } from 'vitest';
import { after, type Reply } from '../../../domain/alerts/retry.ts';

const start = Date.UTC(2026, 6, 1);
const day = 86_400;

/** Try until it is over; when each try was, in seconds after the first. Nothing passes but the pauses. */
function story(reply: (n: number, at: number) => Reply, random = 0.5) {
  const tries: number[] = [];
  let at = start;
  let uncounted = 0;
  for (;;) {
    tries.push((at - start) / 1000);
    const tried = { attempts: tries.length, uncounted, firstAt: start };
    const next = after(reply(tries.length, at), tried, at, random);
    if (next.state !== 'pending') return { tries, end: next };
    ({ uncounted } = next);
    at = next.dueAt;
  }
}
const status = (code: number, retryAfter?: string) => (): Reply => ({ status: code, retryAfter });

test('a channel that never answers is tried seven times in 17 h 35 min, and then given up', () => {
  const { tries, end } = story(() => ({ status: null, error: 'timed_out' }));
  expect(tries).toEqual([0, 5, 305, 2_105, 9_305, 27_305, 63_305]);
  expect(end).toEqual({ state: 'failed', error: 'timed_out' });
});

test('pauses vary by a tenth to either side', () => {
  const pauses = (random: number) => {
    const { tries } = story(status(500), random);
    return tries.slice(1).map((at, i) => at - (tries[i] ?? 0));
  };
  expect(pauses(0)).toEqual([4.5, 270, 1_620, 6_480, 16_200, 32_400]);
  expect(pauses(1)).toEqual([5.5, 330, 1_980, 7_920, 19_800, 39_600]);
});

test.each([200, 201, 204, 299])('%i is delivered', (code) => {
  expect(story(status(code))).toEqual({ tries: [0], end: { state: 'delivered' } });
});

test.each([101, 300, 302, 400, 401, 404, 500, 503])('%i is tried again', (code) => {
  expect(story(status(code)).tries).toHaveLength(7);
});

test('410, and what no later try can better, is over at once', () => {
  expect(story(status(410)).tries).toEqual([0]);
  expect(story(() => ({ status: null, error: 'no_sender', final: true }))).toEqual({
    tries: [0],
    end: { state: 'failed', error: 'no_sender' },
  });
});

test('an answer that was not read to its end is no delivery, whatever its status', () => {
  const reply: Reply = { status: 200, error: 'answer_too_large' };
  expect(story(() => reply).end).toEqual({ state: 'failed', error: 'answer_too_large' });
});

test.each([502, 503, 504])('%i with Retry-After waits for the later of both', (code) => {
  const { tries } = story(status(code, '1000'));
  expect(tries.slice(0, 5)).toEqual([0, 1_000, 2_000, 3_800, 11_000]);
});

test('Retry-After may be a date; one that is past, or no time at all, changes nothing', () => {
  const ahead = (at: number) => new Date(at + 900_000).toUTCString();
  expect(story((_, at) => ({ status: 503, retryAfter: ahead(at) })).tries[1]).toBe(900);
  for (const nothing of ['Wed, 01 Jan 2020 00:00:00 GMT', '-5', '1e9', 'soon', '', '9'.repeat(400)])
    expect(story(status(503, nothing)).tries[1], nothing).toBe(5);
  expect(story(status(500, '1000')).tries[1]).toBe(5);
});

test('429 does not count, slows down after the first, and is given up after a day', () => {
  const { tries, end } = story(status(429, '1'));
  expect(tries.slice(0, 4)).toEqual([0, 5, 305, 605]);
  expect(tries.length).toBeGreaterThan(250);
  expect(tries.at(-1)).toBeLessThanOrEqual(day);
  expect(end).toEqual({ state: 'failed', error: 'http_429' });
  const mixed = story((n) => ({ status: n <= 5 ? 429 : 500 }));
  expect(mixed.tries).toHaveLength(12);
  expect(mixed.end).toEqual({ state: 'failed', error: 'http_500' });
});

const reply = fc.record({
  status: fc.constantFrom(null, 200, 302, 410, 429, 500, 503),
  retryAfter: fc.option(fc.oneof(fc.nat(200_000).map(String), fc.string()), { nil: undefined }),
  error: fc.constantFrom(undefined, 'timed_out'),
});

test('whatever a channel answers, it ends within a day, and no two tries but the first are closer than 4.5 s', () => {
  fc.assert(
    fc.property(
      fc.array(reply, { minLength: 1, maxLength: 20 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (replies, random) => {
        const { tries } = story((n) => replies[n % replies.length] as Reply, random);
        expect(tries.length).toBeLessThan(330);
        for (const [i, at] of tries.entries()) {
          expect(at).toBeLessThanOrEqual(day);
          if (i > 0) expect(at - (tries[i - 1] ?? 0)).toBeGreaterThanOrEqual(4.5);
        }
      },
    ),
  );
});
