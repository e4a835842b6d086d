import type { Deployment } from '../deployment.ts';

/** An installation never pays for more than this, whatever the holders of keys ask for together. */
export const mostWarm = 100;

/** How many started functions one deployment asks for: only what serves asks for any. */
export const replicasOf = (deployment: Deployment | undefined): number =>
  deployment?.kind === 'online' && deployment.life === 'active'
    ? Math.min(mostWarm, deployment.config.runtime?.minReplicas ?? 0)
    : 0;
