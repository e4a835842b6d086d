import { inflateRawSync } from 'node:zlib';

/** The part of WebAssembly that kernels use; its own types belong to browsers. */
export type Memory = { readonly buffer: ArrayBuffer };
export type Module = object;

type Api = {
  Memory: new (pages: { initial: number }) => Memory;
  Module: new (bytes: Uint8Array) => Module;
  Instance: new (module: Module, imports: { env: object }) => { exports: object };
};

/** Undefined where this machine has none. */
export const webAssembly = (): Api | undefined => (globalThis as { WebAssembly?: Api }).WebAssembly;

const page = 65_536;

/** A memory of at least so many bytes, or null where this machine has no WebAssembly or no room for one more. */
export function memoryOf(bytes: number): Memory | null {
  const api = webAssembly();
  try {
    return api ? new api.Memory({ initial: Math.ceil(bytes / page) }) : null;
  } catch {
    return null;
  }
}

/** What a function carries compressed, in memory of its own. */
export const bytesOf = (packed: string): Uint8Array =>
  new Uint8Array(inflateRawSync(Buffer.from(packed, 'base64')));

/** Null where this machine has no WebAssembly, may not make code of it, or lacks what these bytes ask for. */
export function moduleOf(packed: string): Module | null {
  const api = webAssembly();
  try {
    return api ? new api.Module(bytesOf(packed)) : null;
  } catch {
    return null;
  }
}
