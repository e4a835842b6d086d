import type { Construct } from 'constructs';

/** What this installation is called among others of the account: `Slipway`, with its stage behind it where it has one. */
export const installationOf = ({ node }: Construct): string => {
  const stage: string | undefined = node.tryGetContext('stage');
  return ['Slipway', stage].filter(Boolean).join('-');
};
