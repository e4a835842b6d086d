/**
 * Time that only passes when it is told to. Give `now` and `sleep` to the code under test; outside a schedule a
 * sleep is over at once, inside it the scheduler wakes who is due.
 */
export type Clock = {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  advance(milliseconds: number): void;
  /** Set by a scheduler for as long as it runs. */
  waiting: ((until: number) => Promise<void>) | undefined;
};

export function createClock(start = Date.UTC(2026, 0, 1)): Clock {
  let time = start;
  const clock: Clock = {
    now: () => time,
    advance: (milliseconds) => {
      time += milliseconds;
    },
    sleep: async (milliseconds) => {
      if (clock.waiting) await clock.waiting(time + milliseconds);
      else time += milliseconds;
    },
    waiting: undefined,
  };
  return clock;
}
