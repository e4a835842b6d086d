import * as z from 'zod';
import { isHidden, type Wrong } from '../domain/alerts/channels.ts';
import { Metric, Operator, Severity } from '../domain/alerts/rule.ts';
import { completed, contradictions } from '../domain/alerts/settings.ts';
import { slackFault, webhookFault } from '../domain/alerts/urls.ts';
import { Id, Name, text, time, ZonedTime } from '../domain/fields.ts';

const symbols = { '>': 'gt', '<': 'lt', '>=': 'gte', '<=': 'lte', '==': 'eq', '!=': 'neq' } as const;
const Words = z.enum([...Operator.options, '>', '<', '>=', '<=', '==', '!=']);
const isSymbol = (word: z.infer<typeof Words>): word is keyof typeof symbols => Object.hasOwn(symbols, word);
const OperatorWord = Words.transform((word) => (isSymbol(word) ? symbols[word] : word));

/** A URL that such a check finds nothing wrong with. */
const url = (fault: (url: string) => string | undefined) =>
  text(1, 2048).check(({ value, issues }) => {
    const message = fault(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  });

// No white space or control character, so nothing of an address can become a header of its own.
const Address = text(3, 254).regex(
  /^[^\s\p{Cc}@<>(),;:"[\]\\]{1,64}@[^\s\p{Cc}@<>(),;:"[\]\\]+\.[^\s\p{Cc}@<>(),;:"[\]\\.]+$/u,
);
const email = z.object({
  type: z.literal('email'),
  config: z.object({ to: z.array(Address).min(1).max(20) }),
});
const slack = (fault: (url: string) => string | undefined) =>
  z.object({ type: z.literal('slack'), config: z.object({ webhook_url: url(fault) }) });
const webhook = z.object({ type: z.literal('webhook'), config: z.object({ url: url(webhookFault) }) });
const rotating = z.object({
  type: z.literal('webhook'),
  config: z.object({ url: url(webhookFault), rotate_secret: z.literal(true).optional() }),
});

const few = <T extends z.ZodType>(channel: T) => z.array(channel).min(1).max(10);
const NewChannels = few(z.discriminatedUnion('type', [email, slack(slackFault), webhook]));
const ChangedChannels = few(
  z.discriminatedUnion('type', [
    email,
    slack((value) => (isHidden(value) ? undefined : slackFault(value))),
    rotating,
  ]),
);

const minutes = z.int().min(1).max(1440);
const fields = {
  name: Name,
  deployment_id: Id.nullable(),
  metric: Metric,
  params: z.object({
    feature: text(1, 1000).optional(),
    only: z.literal('server').optional(),
    of: z.literal('volume').optional(),
  }),
  operator: OperatorWord,
  threshold: z.number(),
  severity: Severity,
  window_minutes: z.int().min(1).max(43_200).nullable(),
  min_samples: z.int().min(1).max(1_000_000_000).nullable(),
  for: z.object({ breaches: z.int().min(1).max(60), of: z.int().min(1).max(60) }).nullable(),
  cooldown_minutes: minutes,
  escalation_minutes: minutes.nullable(),
  escalation_severity: z.enum(['warning', 'critical']).nullable(),
  enabled: z.boolean(),
  silenced_until: ZonedTime.transform((value) => time(Date.parse(value))).nullable(),
};

export const NewRule = z
  .object({
    ...fields,
    deployment_id: fields.deployment_id.default(null),
    params: fields.params.default({}),
    window_minutes: fields.window_minutes.default(null),
    min_samples: fields.min_samples.default(null),
    for: fields.for.default(null),
    channels: NewChannels,
    cooldown_minutes: minutes.default(60),
    escalation_minutes: fields.escalation_minutes.default(null),
    escalation_severity: fields.escalation_severity.default(null),
    enabled: z.boolean().default(true),
    silenced_until: fields.silenced_until.default(null),
  })
  .check(({ value, issues }) => {
    for (const { path, why } of contradictions(value)) issues.push(issue(path, why, value));
  })
  .transform(completed);

const issue = (path: Wrong['path'], message: string, input: unknown) =>
  ({ code: 'custom', path, message, input }) as const;

/** What is left out stays as it is. */
export const ChangedRule = z.object({ ...fields, channels: ChangedChannels }).partial();
