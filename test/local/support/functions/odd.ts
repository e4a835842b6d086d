import { setTimeout as pause } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';

class Refused extends Error {
  override name = 'Refused';
}

let calls = 0;

/** Does what its event says, in every way in which a function can misbehave. */
export const handler = async (
  event: { do: string; ms?: number; bytes?: number },
  context: { awsRequestId: string; functionName: string; getRemainingTimeInMillis(): number },
) => {
  calls++;
  switch (event.do) {
    case 'throw':
      throw new Refused('not today');
    case 'throwText':
      throw 'plain text';
    case 'sleep':
      await pause(event.ms ?? 0);
      break;
    case 'linger':
      setInterval(() => process.stdout.write('still here\n'), 10);
      await pause(60_000);
      break;
    case 'spin':
      for (;;);
    case 'exit':
      process.exit(3);
      break;
    case 'reject':
      void Promise.reject(new Error('nobody listens'));
      await pause(5000);
      break;
    case 'print':
      process.stdout.write('one\ntwo\n');
      console.error('three');
      break;
    case 'big':
      return 'x'.repeat(event.bytes ?? 0);
    case 'nothing':
      return undefined;
  }
  return {
    calls,
    threadId,
    left: context.getRemainingTimeInMillis(),
    name: context.functionName,
    id: context.awsRequestId,
    env: process.env,
  };
};
