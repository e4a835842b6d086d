import type { World } from './asl/machine.ts';
import type { Fields } from './awsHttp.ts';

const path = /^\/2015-03-31\/functions\/([^/?]+)\/invocations$/;

export const isInvocation = (url: string): boolean => path.test(url);

/** Call a function that nobody waits for, by its name or ARN, which stands in the path. What fails is only told of. */
export function invokeLater(invoke: World['invoke'], url: string, event: Fields): object {
  const name = decodeURIComponent(path.exec(url)?.[1] ?? '');
  void invoke(name, event).catch((error: unknown) => console.error('Lambda', error));
  return {};
}
