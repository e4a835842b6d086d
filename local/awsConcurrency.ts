import { awsProblem, type Fields } from './awsHttp.ts';

const path = /^\/2019-09-30\/functions\/([\w-]+)\/provisioned-concurrency\?Qualifier=([\w-]+)$/;

export const isConcurrency = (url: string): boolean => path.test(url);

export type Concurrency = ReturnType<typeof openConcurrency>;

/** What Lambda was asked to keep started. Here every function is, so it is only remembered. */
export function openConcurrency() {
  const asked = new Map<string, number>();
  return (method: string, url: string, fields: Fields): object => {
    const [, name, alias] = path.exec(url) ?? [];
    const of = `${name}:${alias}`;
    if (method === 'PUT') asked.set(of, Number(fields.ProvisionedConcurrentExecutions));
    const executions = asked.get(of);
    if (executions === undefined)
      throw awsProblem('ProvisionedConcurrencyConfigNotFoundException', 'nothing is kept started', 404);
    if (method === 'DELETE') asked.delete(of);
    return { RequestedProvisionedConcurrentExecutions: executions, Status: 'READY' };
  };
}
