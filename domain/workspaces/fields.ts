import * as z from 'zod';
import { text } from '../fields.ts';

/**
 * A text of a published form. The product's reader takes letters and digits of every script for `\w`, and `$` for the
 * very end; refusals name its pattern, not ours.
 */
const formed = (pattern: string, form: RegExp) =>
  text(0, 255)
    .check(({ value, issues }) => {
      if (form.test(value)) return;
      const message = `String should match pattern '${pattern}'`;
      const params = { type: 'string_pattern_mismatch', ctx: { pattern } };
      issues.push({ code: 'custom', message, params, input: value });
    })
    .meta({ maxLength: 255, pattern });

/** Names of deployments and configurations. */
export const EntityName = formed('^[\\w\\-.]+$', /^[\p{L}\p{N}_\-.]+$/u);
export const ProjectUrn = formed('^[\\w\\-./]+$', /^[\p{L}\p{N}_\-./]+$/u);
export const Short = text(0, 255);

/** A choice whose refusal the product words as one of an enumeration. */
export const enumeration = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: 'enum' });
