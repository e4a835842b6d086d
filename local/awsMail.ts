import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { awsProblem, type Fields } from './awsHttp.ts';
import { writeWhole } from './files.ts';

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** SES, as far as it is asked for: every mail is kept as a file, and goes nowhere. */
export function openMail({ folder, now }: { folder: string; now: () => number }) {
  const answer = (operation: string, fields: Fields): object | undefined => {
    if (operation !== 'SendEmail') return undefined;
    const { FromEmailAddress: from, Destination } = fields;
    const to = list((Destination as Fields | undefined)?.ToAddresses);
    if (typeof from !== 'string' || to.length === 0)
      throw awsProblem('BadRequestException', 'A mail has a sender and a recipient.');
    const MessageId = randomUUID();
    const file = `${new Date(now()).toISOString().replaceAll(':', '')}-${MessageId}.json`;
    writeWhole(join(folder, file), JSON.stringify({ from, to, ...(fields.Content as Fields) }, null, 2));
    console.log(`mail: 1 message to ${to.length} recipient(s) is kept as ${join(folder, file)}`);
    return { MessageId };
  };
  return { answer };
}
