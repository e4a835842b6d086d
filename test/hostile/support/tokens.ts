import { vi } from 'vitest';
import { createIssuer, signingKey } from '../../support/issuer.ts';
import { mark, noId, openHostile } from './refused.ts';

/** The system with one issuer of tokens, whose roles open what their names say. */
export async function openTokens() {
  vi.stubEnv('REQUESTS_PER_SECOND', '0');
  const issuer = createIssuer('https://login.example.com/realms/hostile');
  const rsa = signingKey('rsa', 'RS256');
  issuer.state.keys.push(rsa);
  const wire = await openHostile();
  const { project_id, model_id } = await wire.ready();
  const deployment = await wire.deploy(project_id, model_id);
  const base = { audience: ['slipway'], alsoFor: [], clientIds: [], roles: 'realm_access.roles' };
  const grants = {
    admin: { scopes: ['read', 'write', 'predict', 'admin'], projects: 'all' },
    analyst: { scopes: ['read'], projects: 'all' },
    owner: { scopes: ['read', 'write'], projects: [noId] },
    here: { scopes: ['read', 'predict'], projects: [project_id] },
  };
  vi.stubEnv('ISSUERS', JSON.stringify([{ ...base, issuer: issuer.issuer, grants }]));
  return {
    ...{ wire, issuer, rsa, deployment },
    ask: (key: string, target = '/api/projects') => wire.send('GET', target, { key }),
    denied: (key: string) => wire.refused(401, 'GET', '/api/projects', { key }),
    close() {
      issuer.close();
      vi.unstubAllEnvs();
      wire.silent();
    },
  };
}
export type Tokens = Awaited<ReturnType<typeof openTokens>>;

/** The claims of somebody with these roles. */
export const as = (...roles: string[]) => ({ sub: `${mark} of ${roles}`, realm_access: { roles } });
export const now = () => Math.floor(Date.now() / 1000);
