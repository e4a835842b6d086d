import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach } from 'vitest';
import { localKeys } from '../../../local/loopback.ts';
import { type Machines, type PublishedEntry, type Services, startServices } from '../../../local/services.ts';
import { scratch } from './s3.ts';

export const arn = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;

/** Something that is waited for, and the handle that ends the waiting. */
export function gate<T>() {
  let open: (value: T) => void = () => {};
  const opened = new Promise<T>((done) => {
    open = done;
  });
  return { open, opened };
}

interface Here {
  machines: Machines;
  functions: Record<string, (payload: never) => unknown>;
  published: PublishedEntry[];
  calls: string[];
  services: Services;
  states: SFNClient;
  events: EventBridgeClient;
}

/** The AWS calls of this machine, new for each test, with what a test sets and sees. */
export function servedServices() {
  let place: ReturnType<typeof scratch>;
  const here = {} as Here;

  async function start() {
    here.services = await startServices({
      home: place.folder,
      machines: here.machines,
      async invoke(name, payload) {
        here.calls.push(name);
        return here.functions[name]?.(payload as never);
      },
      publish: (entries) => void here.published.push(...entries),
    });
    const common = {
      endpoint: here.services.url,
      region: 'us-east-1',
      credentials: localKeys,
      maxAttempts: 1,
    };
    here.states = new SFNClient({ ...common, disableHostPrefix: true });
    here.events = new EventBridgeClient(common);
  }

  async function stop() {
    here.states.destroy();
    here.events.destroy();
    await here.services.stop();
  }

  function has(name: string, type: 'STANDARD' | 'EXPRESS', definition: object): string {
    here.machines[arn(name)] = { name, type, definition };
    return arn(name);
  }

  async function begin(stateMachineArn: string, name: string, input: object = {}): Promise<string> {
    const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
    return (await here.states.send(command)).executionArn ?? '';
  }

  async function ended(executionArn: string): Promise<DescribeExecutionOutput> {
    for (;;) {
      const found = await here.states.send(new DescribeExecutionCommand({ executionArn }));
      if (found.status !== 'RUNNING') return found;
      await new Promise((done) => setTimeout(done, 5));
    }
  }

  beforeEach(async () => {
    place = scratch();
    const functions = { add: ({ a }: { a: number }) => ({ sum: a + 1 }) };
    Object.assign(here, { machines: {}, functions, published: [], calls: [] });
    await start();
  });
  afterEach(async () => {
    await stop();
    place[Symbol.dispose]();
  });
  return { here, start, stop, has, begin, ended };
}
