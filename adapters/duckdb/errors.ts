import { type Fault, fault, isFault } from '../../iceberg/fault.ts';
import type { EngineFault } from '../../iceberg/ports.ts';

interface Said {
  exception_type?: unknown;
  position?: unknown;
}

/** What the engine threw, as a fault. Its message quotes values of rows, so only the kind and the place of it are kept. */
export function engineFault(error: unknown): Fault {
  if (isFault(error)) return error;
  const message = error instanceof Error ? error.message : '';
  const said = jsonIn(message);
  const kind = typeof said.exception_type === 'string' ? said.exception_type : 'unknown';
  if (kind === 'Out of Memory') return fault('outOfMemory', 'the engine ran out of memory');
  if (kind === 'INTERRUPT' || kind === 'Interrupt') return deadline();
  const position = Number(said.position ?? Number.NaN);
  const known = /^[A-Za-z ]{1,40}$/.test(kind) ? kind : 'unknown';
  return Object.assign(fault('engine', `the engine failed: ${known} error`), {
    code: 'engine' as const,
    kind: known,
    position: Number.isNaN(position) ? undefined : position,
  }) satisfies EngineFault;
}

export const deadline = (): Fault => fault('deadline', 'the time for this work is over');

/** Errors of the engine are JSON, some with words before it. */
function jsonIn(message: string): Said {
  try {
    const json: unknown = JSON.parse(message.slice(message.indexOf('{')));
    return typeof json === 'object' && json !== null ? json : {};
  } catch {
    return {};
  }
}
