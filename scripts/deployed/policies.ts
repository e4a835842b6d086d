import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Asked } from './asked.ts';

export interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, string | string[]>>;
}
interface Resource {
  Type: string;
  Properties: {
    Role?: { 'Fn::GetAtt': [string] };
    Roles?: { Ref: string }[];
    PolicyDocument?: { Statement: Statement[] };
    Environment?: { Variables: Record<string, unknown> };
  };
  Metadata?: { 'slipway:source'?: string; 'slipway:engine'?: boolean };
}
export type Template = { Resources: Record<string, Resource> };
export type Policies = Map<string, Statement[]>;

/** Every template of a synthesized app, by its file. */
export const templates = (app: string): Map<string, Template> =>
  new Map(
    readdirSync(app)
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => [join(app, file), JSON.parse(readFileSync(join(app, file), 'utf8'))]),
  );

/** The functions of a template, by their operation. */
export const functionsOf = ({ Resources }: Template): [operation: string, fn: Resource][] =>
  Object.values(Resources).flatMap((resource) => {
    const operation = resource.Metadata?.['slipway:source']?.replace(/^.*\/(\w+)\.ts$/, '$1');
    return operation ? [[operation, resource]] : [];
  });

/** What the role of each function may do, as the templates say it. */
export function policiesOf(all: Iterable<Template>): Policies {
  const policies: Policies = new Map();
  for (const template of all) {
    const attached = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::IAM::Policy');
    for (const [operation, fn] of functionsOf(template)) {
      const role = fn.Properties.Role?.['Fn::GetAtt'][0];
      const own = attached.filter(({ Properties }) => Properties.Roles?.some(({ Ref }) => Ref === role));
      policies.set(
        operation,
        own.flatMap(({ Properties }) => Properties.PolicyDocument?.Statement ?? []),
      );
    }
  }
  return policies;
}

/** Whether a role allows what is asked, read as IAM reads it: an action, a resource and every condition. */
export const allows = (statements: readonly Statement[], asked: Asked): boolean =>
  statements.some(
    ({ Action, Resource, Condition = {} }) =>
      [Action].flat().includes(asked.action) &&
      [Resource].flat().some((resource) => covers(resource, asked.resource)) &&
      Object.entries(Condition).every(([operator, wanted]) => holds(operator, wanted, asked)),
  );

/** What a statement says of `models` and `/uploads/*` covers `models/uploads/x`. */
function covers(resource: unknown, name: string): boolean {
  const text = JSON.stringify(resource);
  const prefix = /(\/[a-z]+\/)\*"/.exec(text)?.[1];
  return prefix ? name.startsWith(`${logicalName(text)}${prefix}`) : name === logicalName(text);
}

/** `control` of another stack's export, `deploy` of a parameter that a nested stack is given, `bus` of its own. */
function logicalName(reference: string): string {
  const [, id = ''] = /(?:GetAtt|":\[?")([a-zA-Z]+?)[0-9A-F]{8}/.exec(reference) ?? [];
  return id.replace(/^referenceto\w*platform/, '');
}

function holds(operator: string, wanted: Record<string, string | string[]>, asked: Asked): boolean {
  return Object.entries(wanted).every(([key, values]) => {
    if (key === 'aws:ResourceAccount') return true;
    const given = asked.context[key];
    const among = (value: string) => [values].flat().some((pattern) => like(pattern, value));
    switch (operator) {
      case 'ForAllValues:StringLike':
      case 'ForAllValues:StringEquals':
        return (given ?? []).every(among);
      case 'ForAllValues:StringNotEquals':
        return !(given ?? []).some(among);
      case 'StringEqualsIfExists':
        return given === undefined || given.every(among);
      default:
        return false;
    }
  });
}

const like = (pattern: string, value: string) =>
  pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : pattern === value;
