import { expect, test, vi } from 'vitest';
import { invoke } from '../../adapters/aws/invoke.ts';
import { gate, servedServices } from './support/services.ts';

const { here } = servedServices();

test('a function that is called by its ARN gets its event, and whoever called it does not wait', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', here.services.url);
  const { open, opened } = gate<void>();
  const told: unknown[] = [];
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:endRun';
  here.functions[arn] = async (payload) => {
    await opened;
    told.push(payload);
  };
  await invoke(arn, { run_id: 'r' });
  expect([here.calls, told]).toEqual([[arn], []]);
  open();
  await vi.waitFor(() => expect(told).toEqual([{ run_id: 'r' }]));
  vi.unstubAllEnvs();
});

test('what such a function throws is nobody’s who called it', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', here.services.url);
  const shown = vi.spyOn(console, 'error').mockImplementation(() => {});
  here.functions.broken = () => Promise.reject(new Error('broken'));
  await invoke('broken', {});
  await vi.waitFor(() => expect(shown).toHaveBeenCalledWith('Lambda', expect.any(Error)));
  shown.mockRestore();
  vi.unstubAllEnvs();
});
