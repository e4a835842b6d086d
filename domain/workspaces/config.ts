import * as z from 'zod';
import { Id, Time, text } from '../fields.ts';
import { EntityName, enumeration, ProjectUrn, Short } from './fields.ts';

const maybe = <T extends z.ZodType>(type: T) => type.nullish();

const ModelSpec = z.object({
  model_type: maybe(enumeration(['llm', 'embed', 'other'])),
  model_namespace: maybe(Short),
  model_name: maybe(Short),
  model_revision: maybe(Short),
  chat_template: maybe(z.string()),
  tool_call_config: maybe(
    z.object({
      tool_call_parser: maybe(Short),
      tool_call_plugin: maybe(Short),
      auto_tool_choice: maybe(z.boolean()),
    }),
  ),
  lora_enabled: z.boolean().default(false),
});

const Executor = z.object({
  gpu: z.int().min(0),
  disk_size: z.string().default('50Gi'),
  image_name: maybe(z.string()),
  image_tag: maybe(z.string()),
  health_check_path: maybe(z.string()),
  run_as_user: maybe(z.int()),
  run_as_group: maybe(z.int()),
  additional_envs: maybe(z.record(z.string(), z.string())),
  additional_args: maybe(z.array(z.string())),
  k8s_nim_operator_config: maybe(z.record(z.string(), z.unknown())),
  override_config: maybe(z.record(z.string(), z.unknown())),
});

/** What a new version says; all that is left out is unset. */
export const ConfigBody = z.object({
  engine: enumeration(['nim', 'vllm', 'generic']),
  model_spec: ModelSpec,
  executor_config: Executor,
  description: maybe(text(0, 1000)),
  model_entity_id: maybe(Short),
});
export type ConfigBody = z.infer<typeof ConfigBody>;
export const NewConfig = z.object({ name: EntityName, ...ConfigBody.shape, project: maybe(ProjectUrn) });

/** One version of a configuration; it never changes. */
export const DeploymentConfig = z.object({
  id: Id,
  project_id: Id,
  name: z.string(),
  entity_version: z.int().min(1),
  project: z.string().nullable(),
  body: ConfigBody,
  created_by: z.string(),
  created_at: Time,
});
export type DeploymentConfig = z.infer<typeof DeploymentConfig>;

const unset = <T extends z.ZodObject>({ shape }: T) =>
  Object.fromEntries(Object.keys(shape).map((name) => [name, null])) as Record<keyof T['shape'], null>;

/** A configuration as it is shown: what it does not say is null. */
export const configView = (config: DeploymentConfig, workspace: string, id: string) => {
  const { engine, model_spec, executor_config, description, model_entity_id } = config.body;
  const { tool_call_config: calls, ...spec } = model_spec;
  const Calls = ModelSpec.shape.tool_call_config.unwrap().unwrap();
  return {
    id,
    name: config.name,
    workspace,
    project: config.project,
    created_at: config.created_at,
    updated_at: config.created_at,
    entity_version: config.entity_version,
    description: description ?? null,
    engine,
    model_spec: {
      ...unset(ModelSpec),
      ...spec,
      tool_call_config: calls ? { ...unset(Calls), ...calls } : null,
    },
    executor_config: { ...unset(Executor), ...executor_config },
    model_entity_id: model_entity_id ?? null,
  };
};

const needed = ['image_name', 'health_check_path'] as const;
const inAll = (names: readonly string[]) => names.map((name) => `executor_config.${name}`).join(' and ');

/** Why a container that no engine knows cannot be run so; undefined: it can. */
export function unfit({ engine, executor_config, model_spec }: ConfigBody): string | undefined {
  if (engine !== 'generic') return undefined;
  const said = (name: (typeof needed)[number]) => executor_config[name] ?? '';
  const missing = needed.filter((name) => said(name).trim() === '');
  if (missing.length > 0)
    return `The 'generic' engine requires ${inAll(missing)} to be set (no platform default exists for a generic container).`;
  const padded = needed.filter((name) => said(name) !== said(name).trim());
  if (padded.length > 0) return `${inAll(padded)} must not have leading or trailing whitespace.`;
  return model_spec.lora_enabled
    ? "The 'generic' engine does not support LoRA (model_spec.lora_enabled); there is no engine compiler to wire the adapter sidecar against."
    : undefined;
}

/** What a list of configurations may be asked for. */
export const configRow = (config: DeploymentConfig, workspace: string) => ({
  workspace,
  project: config.project,
  model_entity_id: config.body.model_entity_id ?? null,
  name: config.name,
  description: config.body.description ?? null,
  created_at: config.created_at,
  updated_at: config.created_at,
});
