/**
 * What is wrong with the address of a webhook, as far as its spelling shows; undefined where nothing is. A courtesy to
 * who enters it: where the name leads is looked at with every delivery.
 */
export function webhookFault(url: string): string | undefined {
  // A parser drops these without a word, and the address would not be the one that was entered.
  if (/[\s\p{Cc}\\]/u.test(url)) return 'The URL holds a character that no URL holds';
  const read = URL.parse(url);
  if (!read) return 'Not a URL';
  if (read.protocol !== 'https:') return 'The URL must begin with https';
  if (/^[^/]*\/\/[^/?#]*@/.test(url)) return 'The URL must hold no user information';
  if (read.port !== '') return 'The port must be 443';
  return hostFault(read.hostname);
}

/** The parser has turned every notation of an address into its usual one. */
function hostFault(host: string): string | undefined {
  if (host.startsWith('[') || /^\d+(?:\.\d+){3}\.?$/.test(host))
    return 'The host must be a name and not an address';
  return /^[^.]+(?:\.[^.]+)+\.?$/.test(host) ? undefined : 'The host must be a full name';
}

const slackHosts = ['hooks.slack.com', 'hooks.slack-gov.com'];

/** The same for an incoming webhook of Slack. */
export function slackFault(url: string): string | undefined {
  const fault = webhookFault(url);
  if (fault !== undefined) return fault;
  return slackHosts.includes(new URL(url).hostname)
    ? undefined
    : `The host must be ${slackHosts.join(' or ')}`;
}
