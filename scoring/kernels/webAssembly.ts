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

/** A plain loop: this runs once, at the first prediction of a process, before anything is optimised. */
export function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Null where this machine has no WebAssembly, may not make code of it, or lacks what these bytes ask for. */
export function moduleOf(base64: string): Module | null {
  const api = webAssembly();
  try {
    return api ? new api.Module(bytesOf(base64)) : null;
  } catch {
    return null;
  }
}
