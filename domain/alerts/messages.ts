import type { Message } from './delivery.ts';
import { rank, type Severity } from './rule.ts';

/** Of people's e-mail. */
export interface Mail {
  subject: string;
  text: string;
  html: string;
}

const signs = { gt: '>', lt: '<', gte: '≥', lte: '≤', eq: '=', neq: '≠' };
const words: Record<string, string> = {
  recovered: 'recovered',
  no_data: 'nothing was measured for a day',
  rule_changed: 'the rule was changed',
  archived: 'the deployment was archived',
};

/** What a webhook is sent; `features` and `undelivered` stand beside what is documented. */
export function webhookBody({ type, timestamp, ...data }: Message): string {
  const whole = JSON.stringify({ type, timestamp, data });
  if (Buffer.byteLength(whole) < largest) return whole;
  const { features: _, ...rest } = data;
  return JSON.stringify({ type, timestamp, data: rest });
}
const largest = 20_000;

/** Several messages of one minute as one of Slack. */
export function slackBody(messages: readonly Message[], link?: string): string {
  const tail = link ? `\n<${slackEscaped(link)}|Open the console>` : '';
  const paragraphs = messages.map((message) => slackEscaped(paragraph(message)));
  return JSON.stringify({ text: fitted(paragraphs, mostCharacters - tail.length) + tail });
}
const mostCharacters = 3_000;

/** Several messages of one minute as one mail. */
export function mailOf(messages: readonly Message[], link?: string): Mail {
  const paragraphs = messages.map(paragraph);
  const shown = paragraphs.map((text) => `<p>${htmlEscaped(text).replaceAll('\n', '<br>')}</p>`);
  const anchor = link ? `<p><a href="${htmlEscaped(link)}">Open the console</a></p>` : '';
  return {
    subject: inHeader(subject(messages)),
    text: [...paragraphs, ...(link ? [link] : [])].join('\n\n'),
    html: `<!doctype html><html><body>${shown.join('')}${anchor}</body></html>`,
  };
}

/** `[critical] fraud-detector: drift_psi 0.31 ≥ 0.25`; of several the worst, and how many more there are. */
function subject(messages: readonly Message[]): string {
  const worst = messages.toSorted((a, b) => rank(severityOf(b)) - rank(severityOf(a)))[0];
  if (!worst) return '';
  const more = messages.length > 1 ? ` (and ${messages.length - 1} more)` : '';
  return `[${label(worst)}] ${cut(worst.deployment.name, 80)}: ${compared(worst)}${more}`;
}

const severityOf = ({ alert }: Message): Severity => alert.severity;

/** One word before everything else: how bad it is, or that it is over, or nothing at all. */
function label({ type, alert }: Message): string {
  if (type === 'alert.test') return 'test';
  return type === 'alert.resolved' ? 'resolved' : alert.severity;
}

const compared = ({ alert }: Message) =>
  `${alert.metric} ${number(alert.value)} ${signs[alert.operator]} ${number(alert.threshold)}`;

/** What happened, as lines of plain text. */
function paragraph(message: Message): string {
  const { type, alert, rule, deployment, features = [], undelivered } = message;
  const lines = [
    `[${label(message)}] ${cut(deployment.name)} (${deployment.stage}): ${compared(message)}`,
    ...(type === 'alert.test' ? ['This is a test; nothing has happened.'] : []),
    ...(type === 'alert.escalated' ? [`Escalated: it has been firing since ${alert.firing_since}.`] : []),
    ...(type === 'alert.firing' ? [`Firing since ${alert.firing_since}.`] : []),
    ...(type === 'alert.resolved'
      ? [`Over since ${alert.closed_at}: ${words[alert.closed_by ?? ''] ?? ''}.`]
      : []),
    `Rule: ${cut(rule.name)}. Measured: ${alert.n} from ${alert.window.from} to ${alert.window.to}.`,
    ...(features.length > 0
      ? [`Features, worst first: ${features.map((name) => cut(name)).join(', ')}`]
      : []),
    ...(undelivered
      ? [
          `This could not be delivered by ${undelivered.type} (${undelivered.error}); please look at that channel.`,
        ]
      : []),
  ];
  return lines.map((line) => inHeader(line).replaceAll(/(T[\d:]{8})\.\d+Z/g, '$1Z')).join('\n');
}

/** Four significant digits are enough for people; whole numbers stay whole. */
function number(value: number | null): string {
  if (value === null) return '–';
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** A line that nobody can break out of: no CR or LF, and no other control character. */
const inHeader = (text: string) => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

/** In whole characters, so that no half of one is left. */
function cut(text: string, most = 120): string {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

/** As many paragraphs as fit, and how many did not. */
function fitted(paragraphs: readonly string[], most: number): string {
  const whole = paragraphs.join('\n\n');
  if (whole.length <= most) return whole;
  const rest = (left: number) => `\n\n… and ${left} more`;
  const shown: string[] = [];
  for (const paragraph of paragraphs) {
    const next = [...shown, paragraph].join('\n\n');
    if (next.length + rest(paragraphs.length).length > most) break;
    shown.push(paragraph);
  }
  return shown.join('\n\n') + rest(paragraphs.length - shown.length);
}

const slackEscaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const htmlEscaped = (text: string) => slackEscaped(text).replaceAll('"', '&quot;').replaceAll("'", '&#39;');
