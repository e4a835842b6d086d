import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const made: string[] = [];
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true });
});

/** What the command itself makes: its stacks, and everything in them as text. */
function synth(context: Record<string, unknown>) {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-synth-'));
  made.push(directory);
  execFileSync(process.execPath, ['bin/slipway.ts'], {
    env: {
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
    },
  });
  const read = (file: string) => readFileSync(join(directory, file), 'utf8');
  const files = readdirSync(directory).filter((file) => file.endsWith('.template.json'));
  const stacks = files.filter((f) => !f.includes('.nested.')).map((f) => f.replace('.template.json', ''));
  return { stacks: stacks.toSorted(), text: files.map(read).join('\\n') };
}

test('the app is two stacks, and cdk-nag has nothing to say against them', () => {
  const { stacks, text } = synth({});
  expect(stacks).toEqual(['Slipway-data', 'Slipway-platform']);
  expect(text).toContain('"Name": "slipway"');
});

test('another stage is another installation in the same account: it shares no name, and its context is text', () => {
  const { stacks, text } = synth({ stage: 'team2', customerKeys: 'true' });
  expect(stacks).toEqual(['Slipway-team2-data', 'Slipway-team2-platform']);
  expect(text).toContain('"Name": "slipway-team2"');
  expect(text).not.toMatch(/Slipway-(data|platform)|"slipway"/);
  expect(text).toContain('AWS::KMS::Key');
});
