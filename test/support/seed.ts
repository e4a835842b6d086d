import fc from 'fast-check';

/**
 * The same samples at every run, so that a run that fails tells of a change; FC_SEED=random looks at others, and any
 * number repeats what was printed.
 */
const wanted = process.env.FC_SEED ?? '20261121';
fc.configureGlobal({ seed: wanted === 'random' ? Date.now() % 2 ** 31 : Number(wanted) });
