import { destination } from './delivery.ts';
import type { Channel } from './rule.ts';

/** A channel as callers ask for it. */
export type WantedChannel =
  | { type: 'email'; config: { to: string[] } }
  | { type: 'slack'; config: { webhook_url: string } }
  | { type: 'webhook'; config: { url: string; rotate_secret?: true } };

/** A fault of a rule, at the field that it is about. */
export interface Wrong {
  path: (string | number)[];
  why: string;
}

/** Channels as they will be kept, and what has to be done about the secrets of webhooks. */
export interface Merged {
  channels: Channel[];
  /** What each of these channels signs with from now on; whoever is new has no other secret yet. */
  secrets: { id: string; secret: string }[];
  /** Whose secret nobody needs any more. */
  gone: string[];
}

const last4 = (value: string) => value.slice(-4);
const hidden = (url: string) => `…${last4(url)}`;

/** A Slack address as it is shown; sent back, it means the channel that it was shown for. */
export const isHidden = (url: string): boolean => /^….{4}$/u.test(url);

/** Channels as they are shown; the secrets given are shown whole, which happens once. */
export const shownChannels = (channels: readonly Channel[], secrets: Merged['secrets'] = []) =>
  channels.map((channel) => {
    if (channel.type === 'email') return channel;
    if (channel.type === 'slack')
      return { ...channel, config: { webhook_url: hidden(channel.config.webhook_url) } };
    const { url, secret_last4 } = channel.config;
    const whole = secrets.find(({ id }) => id === channel.id)?.secret;
    return { ...channel, config: { url, secret: whole ?? `whsec_…${secret_last4}` } };
  });

/** Ids and secrets for new channels, by their place in the list. */
export interface Fresh {
  id(i: number): string;
  secret(i: number): string;
}

/** The channels that are wanted, those that lead to the same places as before with the ids and secrets they have. */
export function merged(
  before: readonly Channel[],
  wanted: readonly WantedChannel[],
  fresh: Fresh,
): Merged | { wrong: Wrong[] } {
  const made = wanted.map((asked, i) => one(before, asked, i, fresh));
  const channels = made.map(({ channel }) => channel);
  const wrong = [...made.flatMap((each) => each.wrong), ...twice(channels)];
  if (wrong.length > 0) return { wrong };
  const secrets = made.flatMap(({ channel: { id }, secret }) => (secret ? [{ id, secret }] : []));
  const gone = before.filter(({ id, type }) => type === 'webhook' && !channels.some((c) => c.id === id));
  return { channels, secrets, gone: gone.map(({ id }) => id) };
}

function one(before: readonly Channel[], asked: WantedChannel, i: number, fresh: Fresh) {
  const known = before.find((channel) => isSame(channel, asked));
  const rotates = asked.type === 'webhook' && (!known || asked.config.rotate_secret === true);
  const secret = rotates ? fresh.secret(i) : undefined;
  const channel = known && !secret ? known : anew(asked, known?.id ?? fresh.id(i), secret ?? '');
  const isLost = !known && asked.type === 'slack' && isHidden(asked.config.webhook_url);
  const path = ['channels', i, 'config', 'webhook_url'];
  return { channel, secret, wrong: isLost ? [{ path, why: 'No channel of the rule ends so' }] : [] };
}

const twice = (channels: readonly Channel[]): Wrong[] => {
  const places = channels.map(destination);
  return places.flatMap((place, i) =>
    places.indexOf(place) < i ? [{ path: ['channels', i], why: 'The channel is there twice' }] : [],
  );
};

function isSame(channel: Channel, asked: WantedChannel): boolean {
  if (channel.type === 'slack' && asked.type === 'slack' && isHidden(asked.config.webhook_url))
    return hidden(channel.config.webhook_url) === asked.config.webhook_url;
  return channel.type === asked.type && destination(channel) === destination(anew(asked, channel.id, ''));
}

function anew(asked: WantedChannel, id: string, secret: string): Channel {
  if (asked.type !== 'webhook') return { ...asked, id };
  return { id, type: 'webhook', config: { url: asked.config.url, secret_last4: last4(secret) } };
}
