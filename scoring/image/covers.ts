import { damaged, type Image, type Sections } from './container.ts';

/** Covers as an image keeps them: in single precision where that loses nothing. */
export function coverSection(cover: Float64Array): Sections {
  const single = Float32Array.from(cover);
  const exact = cover.every((value, node) => Object.is(value, single[node]));
  return [['cover', exact ? single : cover]];
}

/** Covers of an explain image, in the order of the nodes of the IR. */
export function coverOf(explain: Image, nodes: number): Float64Array {
  const cover = explain.section('cover');
  if (!(cover instanceof Float32Array || cover instanceof Float64Array) || cover.length !== nodes)
    throw damaged('its covers belong to other trees');
  return Float64Array.from(cover);
}
