/**
 * Bundled in place of Lambda's store of what belongs to one of many requests at once: a function answers one at a time,
 * and then the SDK finds its trace in the environment.
 */
export const InvokeStore = { getInstanceAsync: async () => undefined };
