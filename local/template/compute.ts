import type { Properties } from './assembly.ts';
import { sourceOf } from './names.ts';
import type { LambdaPlan, MachinePlan, RoutePlan } from './plan.ts';
import type { Resolver } from './resolve.ts';

type Entry = ReturnType<Resolver['all']>[number];

/** Functions, the routes that lead to them and the machines that call them. */
export function collectCompute(resolver: Resolver) {
  const functions = resolver.all('AWS::Lambda::Function').map((entry) => functionOf(entry, resolver));
  const twice = functions.find(({ name }, i) => functions.findIndex((other) => other.name === name) !== i);
  if (twice) throw new Error(`two functions are called ${twice.name}`);
  return {
    functions,
    routes: routesOf(resolver),
    machines: resolver.all('AWS::StepFunctions::StateMachine').map((entry) => machineOf(entry, resolver)),
  };
}

function functionOf({ id, stack, resource }: Entry, resolver: Resolver): LambdaPlan {
  const { Environment, Timeout, MemorySize } = resource.Properties ?? {};
  const environment = resolver.value(Environment ?? {}, stack, id) as { Variables?: Record<string, unknown> };
  const { ref, attributes } = resolver.identity(id, stack);
  const env = Object.entries(environment.Variables ?? {}).map(([key, value]) => [key, String(value)]);
  return {
    name: ref,
    arn: attributes.Arn ?? '',
    source: sourceOf(id, resource),
    env: Object.fromEntries(env),
    timeoutSeconds: Number(Timeout ?? 3),
    memoryMb: Number(MemorySize ?? 128),
    ...(resource.Metadata?.['slipway:engine'] === true && { apart: true }),
  };
}

function routesOf(resolver: Resolver): RoutePlan[] {
  const integrations = new Map(
    resolver.all('AWS::ApiGatewayV2::Integration').map(({ id, stack, resource }) => {
      const { IntegrationUri, PayloadFormatVersion } = resolved(resource.Properties, resolver, stack, id);
      if (PayloadFormatVersion !== '2.0') throw new Error(`${id}: payload 2.0 is the only one known here`);
      return [resolver.identity(id, stack).ref, functionNamed(String(IntegrationUri), id)];
    }),
  );
  return resolver.all('AWS::ApiGatewayV2::Route').map(({ id, stack, resource }) => {
    const { RouteKey, Target, AuthorizerId } = resolved(resource.Properties, resolver, stack, id);
    if (AuthorizerId) throw new Error(`${id}: authorizers are not known here`);
    const target = integrations.get(String(Target).replace(/^integrations\//, ''));
    if (!target) throw new Error(`${id}: leads to no integration`);
    const [method = '', path = ''] = String(RouteKey).split(' ');
    return { method, path, function: target };
  });
}

function machineOf({ id, stack, resource }: Entry, resolver: Resolver): MachinePlan {
  const properties = resource.Properties ?? {};
  const { ref, attributes } = resolver.identity(id, stack);
  const text = resolver.value(properties.DefinitionString ?? properties.Definition, stack, id);
  if (text === undefined) throw new Error(`${id}: a machine without its definition in the template`);
  const substitutions = resolver.value(properties.DefinitionSubstitutions ?? {}, stack, id) as Properties;
  return {
    name: attributes.Name ?? '',
    arn: ref,
    type: properties.StateMachineType === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    definition: fill(typeof text === 'string' ? text : JSON.stringify(text), substitutions),
  };
}

/** Names that stand in no substitution stay as they are, as in Step Functions. */
const fill = (text: string, substitutions: Properties): object =>
  JSON.parse(
    text.replace(/\$\{(\w+)\}/g, (whole, name: string) =>
      name in substitutions ? JSON.stringify(String(substitutions[name])).slice(1, -1) : whole,
    ),
  );

const resolved = (
  properties: Properties | undefined,
  resolver: Resolver,
  stack: Entry['stack'],
  id: string,
) => resolver.value(properties ?? {}, stack, id) as Properties;

/** The name at the end of a function's ARN, also where it stands inside an API Gateway address. */
export function functionNamed(uri: string, id: string): string {
  const name = /:function:([\w-]+)(?:[:/]|$)/.exec(uri)?.[1];
  if (!name) throw new Error(`${id}: only a function can be called from here`);
  return name;
}

export const isMachine = (arn: string): boolean => arn.includes(':stateMachine:');
