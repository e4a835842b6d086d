import * as z from 'zod';
import { Time } from '../domain/fields.ts';
import { sorts } from '../domain/workspaces/lists.ts';

/** What stands in the paths of the workspaces dialect. */
export const wherever = {
  workspace: z.string().describe('The name of a project'),
  name: z.string().describe('The name'),
  versionNumber: z.string().describe('The number of the version'),
};

/** What every version of an entity says of itself. */
export const entity = {
  id: z.string(),
  name: z.string(),
  workspace: z.string(),
  project: z.string().nullish(),
  created_at: Time,
  updated_at: Time,
  entity_version: z.int(),
};

/** 202 with null: marked. Without a value, 204: removed. */
export const gone = z.null().optional();

export const pageQuery = z.object({
  page: z.int().min(1).default(1),
  page_size: z.int().min(1).max(1000).default(100),
  sort: z.enum(sorts).default('created_at'),
});

export const pageIn = <T extends z.ZodType>(item: T) =>
  z.object({
    data: z.array(item),
    pagination: z.object({
      page: z.int(),
      page_size: z.int(),
      current_page_size: z.int(),
      total_pages: z.int(),
      total_results: z.int(),
    }),
    sort: z.string(),
  });
