import * as z from 'zod';
import type { Dialect, Route } from './route.ts';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of these routes, made from the schemas that the functions read with. */
export function openapi(routes: readonly Route[], version: string): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};

  /** A zod type as JSON Schema, its named parts moved to components. */
  const schema = (type: z.ZodType, io: 'input' | 'output') => {
    const { $schema, $defs, ...rest } = z.toJSONSchema(type, { io, unrepresentable: 'any' });
    for (const [name, part] of Object.entries($defs ?? {})) schemas[name] = moved(part);
    return moved(rest);
  };
  const json = (type: z.ZodType, io: 'input' | 'output') => ({
    'application/json': { schema: schema(type, io) },
  });
  const parameters = (where: 'path' | 'query', types: z.ZodObject = z.object({})) =>
    Object.entries(types.shape).map(([name, type]) => ({
      name,
      in: where,
      required: !z.safeParse(type, undefined).success,
      schema: schema(type, 'input'),
    }));

  for (const r of routes) {
    const operation = {
      operationId: r.id,
      summary: r.summary,
      tags: [r.group],
      ...(r.scope === 'public' ? { security: [] } : { 'x-required-scope': r.scope }),
      ...(r.presharedKey && { security: [{ key: [] }, { presharedKey: [] }] }),
      parameters: [...parameters('path', r.params), ...parameters('query', r.query), ...headers(r)],
      ...(r.body && { requestBody: { required: r.bodyOr === undefined, content: json(r.body, 'input') } }),
      responses: {
        [r.status]: {
          description: r.summary,
          ...(r.status !== 204 && { content: json(r.returns, 'output') }),
        },
        default: { description: 'Anything else', content: json(failures[r.dialect], 'output') },
      },
    };
    paths[r.path] = { ...paths[r.path], [r.method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Slipway', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    security: [{ key: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer' },
        presharedKey: { type: 'apiKey', in: 'header', name: 'Authorization-PSK' },
      },
    },
  };
}

const moved = (part: unknown): unknown =>
  JSON.parse(JSON.stringify(part).replaceAll('#/$defs/', '#/components/schemas/'));

const headers = (r: Route) =>
  r.repeatable
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          schema: { type: 'string', minLength: 1, maxLength: 255 },
        },
        { name: 'If-Match', in: 'header', required: false, schema: { type: 'string' } },
      ]
    : [];

const Fault = z
  .object({
    type: z.string(),
    loc: z.array(z.union([z.string(), z.int()])),
    msg: z.string(),
    input: z.unknown().optional(),
    ctx: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Fault' });
const Failure = z.object({ detail: z.union([z.string(), z.array(Fault)]) }).meta({ id: 'Failure' });
const LiveFailure = z
  .object({
    errorCode: z.string(),
    errorName: z.string(),
    errorInstanceId: z.string(),
    errorDescription: z.string(),
    parameters: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'LiveFailure' });
const failures: Record<Dialect, z.ZodType> = {
  mlops: Failure,
  batch: Failure,
  workspaces: Failure,
  live: LiveFailure,
};
