/** What a function that predicts carries of this room: bundled to see its size. */
export { loadExplainer } from '../../scoring/explain.ts';
export { load } from '../../scoring/load.ts';
export { warmUp } from '../../scoring/warm.ts';
