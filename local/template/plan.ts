import { readAssembly } from './assembly.ts';
import { collectCompute } from './compute.ts';
import { collectEvents } from './eventing.ts';
import { createResolver } from './resolve.ts';
import { collectStores } from './stores.ts';

export interface LambdaPlan {
  name: string;
  arn: string;
  /** The file, from the root of the project. */
  source: string;
  env: Record<string, string>;
  timeoutSeconds: number;
  memoryMb: number;
  /** It carries native code: it runs in a process of its own. */
  apart?: boolean;
}

export interface RoutePlan {
  /** A method, `ANY`, or `$default` for what no route takes. */
  method: string;
  path: string;
  function: string;
}

export interface TablePlan {
  name: string;
  arn: string;
  /** What CreateTable is given. */
  definition: Record<string, unknown>;
  ttl?: string;
  stream: boolean;
}

export interface BucketPlan {
  name: string;
  /** Whether the default bus hears of new objects. */
  events: boolean;
}

export interface RulePlan {
  name: string;
  arn: string;
  bus: string;
  pattern?: object;
  schedule?: string;
  /** `function` is a name, or the ARN of a machine. */
  targets: { id: string; function: string; input?: string }[];
}

export interface MappingPlan {
  id: string;
  table: string;
  streamArn: string;
  function: string;
  batchSize: number;
  filters: object[];
  bisect: boolean;
  reportFailures: boolean;
  /** -1 is for ever. */
  retries: number;
}

export interface MachinePlan {
  name: string;
  arn: string;
  type: 'STANDARD' | 'EXPRESS';
  definition: object;
}

/** What the template says about one machine's worth of infrastructure, as plain data. */
export interface Plan {
  functions: LambdaPlan[];
  routes: RoutePlan[];
  tables: TablePlan[];
  buckets: BucketPlan[];
  buses: string[];
  rules: RulePlan[];
  mappings: MappingPlan[];
  machines: MachinePlan[];
  outputs: Record<string, string>;
}

/** Read a synthesized application. `url` is where its API will answer. */
export function readPlan(folder: string, url: string): Plan {
  const resolver = createResolver(readAssembly(folder), url);
  return {
    ...collectStores(resolver),
    ...collectCompute(resolver),
    ...collectEvents(resolver),
    outputs: resolver.outputs(),
  };
}
