import { type Properties, type Resource, type Stack, withNested } from './assembly.ts';
import { account, type Identity, identify, region } from './names.ts';

/** Turns what a template writes with intrinsic functions into plain values. */
export interface Resolver {
  /** A value, for the resource or output of this name: the name is what an error tells. */
  value(value: unknown, stack: Stack, id: string): unknown;
  identity(id: string, stack: Stack): Identity;
  /** The resources of a type, wherever they are, without those whose condition does not hold. */
  all(...types: string[]): { id: string; stack: Stack; resource: Resource }[];
  /** The outputs of the top stacks, by name. */
  outputs(): Record<string, string>;
}

/** A property set to this is not there. */
const absent = Symbol('AWS::NoValue');

export function createResolver(tops: readonly Stack[], url: string): Resolver {
  const stacks = tops.flatMap(withNested);

  const intrinsics: Record<string, (argument: unknown, stack: Stack, id: string) => unknown> = {
    Ref: (name, stack, id) => ref(String(name), stack, id),
    Condition: (name, stack, id) => condition(String(name), stack, id),
    'Fn::GetAtt': (path, stack, id) => {
      const [name = '', ...attribute] = Array.isArray(path) ? path.map(String) : String(path).split('.');
      return attributeOf(name, attribute.join('.'), stack, id);
    },
    'Fn::Sub': (argument, stack, id) => {
      const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
      return substitute(String(text), resolve(variables, stack, id) as Properties, stack, id);
    },
    'Fn::Join': (argument, stack, id) => {
      const [between, parts] = list(argument, stack, id);
      if (!Array.isArray(parts)) throw new Error(`${id}: Fn::Join of what is no list`);
      return parts.join(String(between));
    },
    'Fn::Split': (argument, stack, id) => {
      const [between, text] = list(argument, stack, id);
      return String(text).split(String(between));
    },
    'Fn::Select': (argument, stack, id) => {
      const [index, items] = list(argument, stack, id);
      const item = Array.isArray(items) ? items[Number(index)] : undefined;
      if (item === undefined) throw new Error(`${id}: Fn::Select finds nothing there`);
      return item;
    },
    'Fn::If': (argument, stack, id) => {
      const [name, yes, no] = argument as [string, unknown, unknown];
      return resolve(condition(name, stack, id) ? yes : no, stack, id);
    },
    'Fn::Equals': (argument, stack, id) => {
      const [one, other] = list(argument, stack, id);
      return JSON.stringify(one) === JSON.stringify(other);
    },
    'Fn::And': (argument, stack, id) => list(argument, stack, id).every((held) => held === true),
    'Fn::Or': (argument, stack, id) => list(argument, stack, id).some((held) => held === true),
    'Fn::Not': (argument, stack, id) => list(argument, stack, id)[0] !== true,
    'Fn::ImportValue': (argument, stack, id) => imported(String(resolve(argument, stack, id)), id),
    'Fn::GetStackOutput': (argument, stack, id) => {
      const { StackName, OutputName } = resolve(argument, stack, id) as Record<string, string>;
      const from = stacks.find(({ name }) => name === StackName);
      if (!from) throw new Error(`${id}: no stack ${StackName}`);
      return output(String(OutputName), from, id);
    },
  };

  function resolve(value: unknown, stack: Stack, id: string): unknown {
    if (Array.isArray(value))
      return value.map((item) => resolve(item, stack, id)).filter((item) => item !== absent);
    if (value === null || typeof value !== 'object') return value;
    const called = intrinsicOf(value);
    if (!called) return object(Object.entries(value), stack, id);
    const intrinsic = intrinsics[called.name];
    if (!intrinsic) throw new Error(`${id}: nothing here knows ${called.name}`);
    return intrinsic(called.argument, stack, id);
  }

  const object = (entries: [string, unknown][], stack: Stack, id: string) =>
    Object.fromEntries(
      entries.flatMap(([key, item]) => {
        const resolved = resolve(item, stack, id);
        return resolved === absent ? [] : [[key, resolved]];
      }),
    );

  function list(argument: unknown, stack: Stack, id: string): unknown[] {
    const items = resolve(argument, stack, id);
    if (!Array.isArray(items)) throw new Error(`${id}: a list is expected`);
    return items;
  }

  function ref(name: string, stack: Stack, id: string): unknown {
    const pseudo = pseudoParameter(name, stack);
    if (pseudo !== undefined) return pseudo;
    if (stack.template.Resources?.[name]) return identity(name, stack).ref;
    const given = stack.parent?.parameters[name];
    if (stack.parent && given !== undefined) return resolve(given, stack.parent.stack, id);
    const parameter = stack.template.Parameters?.[name];
    if (parameter?.Default !== undefined) return parameter.Default;
    throw new Error(`${id}: Ref to ${name}, which nothing gives a value`);
  }

  function attributeOf(name: string, attribute: string, stack: Stack, id: string): unknown {
    const nested = stack.nested.get(name);
    if (nested && attribute.startsWith('Outputs.')) return output(attribute.slice(8), nested, id);
    if (!stack.template.Resources?.[name]) throw new Error(`${id}: GetAtt of ${name}, which is not there`);
    const value = identity(name, stack).attributes[attribute];
    if (value === undefined) throw new Error(`${id}: nothing here knows ${name}.${attribute}`);
    return value;
  }

  function identity(id: string, stack: Stack): Identity {
    const resource = stack.template.Resources?.[id];
    if (!resource) throw new Error(`${id}: no such resource`);
    const named = (property: string) => {
      const value = resource.Properties?.[property];
      return value === undefined ? undefined : String(resolve(value, stack, id));
    };
    return identify({ id, stack: stack.name, resource, named, url });
  }

  const substitute = (text: string, variables: Properties, stack: Stack, id: string) =>
    text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in variables) return String(variables[name]);
      return String(intrinsics[name.includes('.') ? 'Fn::GetAtt' : 'Ref']?.(name, stack, id));
    });

  function condition(name: string, stack: Stack, id: string): boolean {
    const wanted = stack.template.Conditions?.[name];
    if (wanted === undefined) throw new Error(`${id}: no condition ${name}`);
    return resolve(wanted, stack, id) === true;
  }

  function output(name: string, stack: Stack, id: string): unknown {
    const found = stack.template.Outputs?.[name];
    if (!found) throw new Error(`${id}: no output ${name} of ${stack.name}`);
    return resolve(found.Value, stack, name);
  }

  function imported(name: string, id: string): unknown {
    for (const stack of stacks)
      for (const [key, { Value, Export }] of Object.entries(stack.template.Outputs ?? {}))
        if (Export && resolve(Export.Name, stack, key) === name) return resolve(Value, stack, key);
    throw new Error(`${id}: nothing exports ${name}`);
  }

  return {
    value: resolve,
    identity,
    all: (...types) =>
      stacks.flatMap((stack) =>
        Object.entries(stack.template.Resources ?? {})
          .filter(
            ([id, { Type, Condition }]) =>
              types.includes(Type) && (!Condition || condition(Condition, stack, id)),
          )
          .map(([id, resource]) => ({ id, stack, resource })),
      ),
    outputs: () =>
      Object.fromEntries(
        tops.flatMap((stack) =>
          Object.entries(stack.template.Outputs ?? {})
            .filter(([, { Export }]) => !Export)
            .map(([key, { Value }]) => [key, String(resolve(Value, stack, key))]),
        ),
      ),
  };
}

/** An object with one key that is a function's name; a policy's `Condition` holds an object and is none. */
function intrinsicOf(value: object): { name: string; argument: unknown } | undefined {
  const [[name, argument] = ['', undefined], ...more] = Object.entries(value);
  if (more.length > 0) return undefined;
  const known =
    name === 'Ref' || name.startsWith('Fn::') || (name === 'Condition' && typeof argument === 'string');
  return known ? { name, argument } : undefined;
}

function pseudoParameter(name: string, stack: Stack): unknown {
  const known: Record<string, unknown> = {
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stack.name}/local`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': absent,
  };
  return known[name];
}
