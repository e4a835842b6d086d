import { createPool, type Invocation, type Pool, type PoolSettings } from './lambda/pool.ts';
import type { LambdaPlan } from './template/plan.ts';

export interface Functions {
  /** Call a function by name or ARN with an event in JSON. */
  invoke(nameOrArn: string, event: string): Promise<Invocation>;
  /** The same with values: an error of the function is thrown under its own name. */
  call(nameOrArn: string, payload: unknown): Promise<unknown>;
  /** Say which functions there are and what their environments have in common. */
  open(functions: readonly LambdaPlan[], settings: PoolSettings): void;
  warm(name: string): void;
  stop(): Promise<void>;
}

/** All functions of this machine. Whoever calls them may be made before they are. */
export function createFunctions(): Functions {
  const pools = new Map<string, Pool>();

  function invoke(nameOrArn: string, event: string): Promise<Invocation> {
    const pool = pools.get(nameOrArn.slice(nameOrArn.lastIndexOf(':') + 1));
    if (pool) return pool.invoke(event);
    const payload = JSON.stringify({
      errorType: 'ResourceNotFoundException',
      errorMessage: 'Function not found',
    });
    return Promise.resolve({ ok: false, payload });
  }

  return {
    invoke,
    call: async (nameOrArn, payload) => {
      const invocation = await invoke(nameOrArn, JSON.stringify(payload ?? {}));
      const value = JSON.parse(invocation.payload);
      if (invocation.ok) return value;
      throw Object.assign(new Error(value.errorMessage), { name: value.errorType });
    },
    open: (functions, settings) => {
      for (const fn of functions) pools.set(fn.name, createPool(fn, settings));
    },
    warm: (name) => pools.get(name)?.warm(),
    stop: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}
