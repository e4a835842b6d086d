import type { Nodes } from './documents.ts';

/** What to write otherwise than a model of XGBoost 2.1 with one stump would. */
export type Legacy = {
  base?: number;
  features?: number;
  classes?: number;
  flag?: number;
  version?: [major: number, minor: number];
  objective?: string;
  booster?: string;
  trees?: Nodes[];
  treeCount?: number;
  nodeCount?: number;
  roots?: number;
  leafVector?: number;
  parallel?: number;
  buffered?: number;
  info?: number[];
  weights?: number[];
  attributes?: Record<string, string>;
  attributeCount?: number;
};

/** A model in XGBoost's old binary format, written by hand from the layout of its fields. */
export function legacyBytes(legacy: Legacy, nodes: Nodes): Uint8Array {
  const { base = 0, features = 2, classes = 0, version = [2, 1] } = legacy;
  const { objective = 'reg:squarederror', booster = 'gbtree', attributes, weights = [] } = legacy;
  const head = block(136);
  head.writeFloatLE(base, 0);
  head.writeUInt32LE(features, 4);
  head.writeInt32LE(classes, 8);
  head.writeInt32LE(legacy.flag ?? (attributes ? 1 : 0), 12);
  head.writeUInt32LE(version[0], 20);
  head.writeUInt32LE(version[1], 24);
  head.writeUInt32LE(1, 28);
  const parts: Buffer[] = [head, text(objective), text(booster)];
  if (booster === 'gblinear') parts.push(block(136), long(weights.length), floats(weights));
  else {
    parts.push(...trees(legacy, nodes));
    if (booster === 'dart') parts.push(long(weights.length), floats(weights));
  }
  if (attributes) {
    const entries = Object.entries(attributes);
    parts.push(
      long(legacy.attributeCount ?? entries.length),
      ...entries.flatMap(([key, value]) => [text(key), text(value)]),
    );
  }
  return new Uint8Array(Buffer.concat(parts));
}

function trees(legacy: Legacy, nodes: Nodes): Buffer[] {
  const all = legacy.trees ?? [nodes];
  const head = block(160);
  head.writeInt32LE(legacy.treeCount ?? all.length, 0);
  head.writeInt32LE(legacy.parallel ?? 1, 4);
  head.writeUInt32LE(legacy.buffered ?? 0, 16);
  head.writeInt32LE(legacy.leafVector ?? 0, 28);
  const info = legacy.info ?? all.map(() => 0);
  const tail = Buffer.concat(info.map((output) => integer(output)));
  return [head, ...all.map((tree) => treeBytes(tree, legacy)), tail, block(8 * (legacy.buffered ?? 0))];
}

function treeBytes({ left, right, feature, condition, defaultLeft, cover }: Nodes, legacy: Legacy): Buffer {
  const head = block(148);
  head.writeInt32LE(legacy.roots ?? 1, 0);
  head.writeInt32LE(legacy.nodeCount ?? left.length, 4);
  const nodes = left.map((child, i) => {
    const node = block(20);
    node.writeInt32LE(child, 4);
    node.writeInt32LE(right[i] ?? -1, 8);
    node.writeUInt32LE((feature[i] ?? 0) + (defaultLeft?.[i] === 1 ? 2 ** 31 : 0), 12);
    node.writeFloatLE(Number(condition[i]), 16);
    return node;
  });
  const stats = left.map((child, i) => {
    const stat = block(16);
    stat.writeFloatLE(cover?.[i] ?? (child < 0 ? 1 : 2), 4);
    return stat;
  });
  return Buffer.concat([head, ...nodes, ...stats]);
}

const block = (size: number) => Buffer.alloc(size);

function integer(value: number): Buffer {
  const bytes = block(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function long(value: number): Buffer {
  const bytes = block(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const floats = (values: number[]) => Buffer.from(Float32Array.from(values).buffer);
const text = (value: string) => Buffer.concat([long(Buffer.byteLength(value)), Buffer.from(value)]);
