/**
 * What a call to a service passes: it has arrived, it is applied, it is answered, each when the scheduler says so.
 * `settle` runs once nobody waits for the answer any more.
 */
export type Gate = <T>(label: string, apply: () => T, settle?: () => void) => Promise<T>;

/** Anything that lets a scheduler decide when its calls happen: the table, or a stand-in for another service. */
export type Gated = { gate: Gate | undefined };
