import type { RoutePlan } from '../template/plan.ts';

export interface Match {
  routeKey: string;
  function: string;
  /** Decoded, by the names in the route's path. */
  parameters: Record<string, string>;
}

interface Place {
  fixed: Map<string, Place>;
  any?: Place;
  /** By method, for a path that ends here. */
  ends: Map<string, RoutePlan>;
  /** By method, for `{proxy+}`, which takes all that is left. */
  greedy: Map<string, RoutePlan>;
}

export class UnreadablePath extends Error {}

const place = (): Place => ({ fixed: new Map(), ends: new Map(), greedy: new Map() });

/** Which route answers: a full match before `{proxy+}` before `$default`, the exact method before ANY. */
export function createRouter(
  routes: readonly RoutePlan[],
): (method: string, path: string) => Match | undefined {
  const root = place();
  let otherwise: RoutePlan | undefined;
  for (const route of routes) {
    if (route.method === '$default') otherwise = route;
    else plant(root, route);
  }
  return (method, path) => {
    const segments = path.slice(1).split('/').map(decode);
    const found = full(root, segments, 0, method) ?? greedy(root, segments, method);
    if (found) return matchOf(found, segments);
    return otherwise && { routeKey: '$default', function: otherwise.function, parameters: {} };
  };
}

function plant(root: Place, route: RoutePlan) {
  let at = root;
  for (const segment of route.path.slice(1).split('/')) {
    if (/^\{\w+\+\}$/.test(segment)) {
      at.greedy.set(route.method, route);
      return;
    }
    at = segment.startsWith('{') ? parameter(at) : child(at, segment);
  }
  at.ends.set(route.method, route);
}

function parameter(at: Place): Place {
  at.any ??= place();
  return at.any;
}

function child(at: Place, segment: string): Place {
  const next = at.fixed.get(segment) ?? place();
  at.fixed.set(segment, next);
  return next;
}

const byMethod = (routes: Map<string, RoutePlan>, method: string) => routes.get(method) ?? routes.get('ANY');

function full(at: Place, segments: string[], depth: number, method: string): RoutePlan | undefined {
  const segment = segments[depth];
  if (segment === undefined) return byMethod(at.ends, method);
  const fixed = at.fixed.get(segment);
  const found = fixed && full(fixed, segments, depth + 1, method);
  return found ?? (at.any && segment !== '' ? full(at.any, segments, depth + 1, method) : undefined);
}

/** The longest beginning of the path that a `{proxy+}` stands behind. */
function greedy(at: Place, segments: string[], method: string, depth = 0): RoutePlan | undefined {
  const segment = segments[depth];
  if (segment === undefined) return undefined;
  const fixed = at.fixed.get(segment);
  return (
    (fixed && greedy(fixed, segments, method, depth + 1)) ??
    (at.any && segment !== '' ? greedy(at.any, segments, method, depth + 1) : undefined) ??
    byMethod(at.greedy, method)
  );
}

function matchOf(route: RoutePlan, segments: string[]): Match {
  const parameters: Record<string, string> = {};
  for (const [i, segment] of route.path.slice(1).split('/').entries()) {
    if (!segment.startsWith('{')) continue;
    const whole = segment.endsWith('+}');
    const name = segment.slice(1, whole ? -2 : -1);
    parameters[name] = whole ? segments.slice(i).join('/') : (segments[i] ?? '');
  }
  return { routeKey: `${route.method} ${route.path}`, function: route.function, parameters };
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new UnreadablePath();
  }
}
