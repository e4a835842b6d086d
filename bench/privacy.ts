import { anonymiser } from '../domain/privacy/anonymise.ts';
import { DetectedType } from '../domain/privacy/types.ts';
import { type Latencies, summary } from './statistics.ts';

/** What a record of twenty strings may cost, in milliseconds: 95 of 100 are to be below. */
export const budget = 0.2;

const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const values = [
  ...['GBM_1_AutoML', 'self-employed', 'SKU-88213-XL', 'Store 12, Aisle 4', '3.14159265', 'v2.3.1', '0.0023'],
  ...['200000000', 'order 100045678', 'merchant 4111', '12345-6789', '01-02-2023', '2026-02-25T09:00:00Z'],
  ...['0190f3a0-7c5e-7b6a-9c1d-2f1e0d3c4b5a', 'model.py', 'March', 'Grant', 'Berlin', 'DE', 'wire transfer'],
];
const personal = [
  ...['jane.doe@example.com', '4111 1111 1111 1111', 'DE89370400440532013000', '536-90-4399', '192.0.2.7'],
  ...[
    '2001:db8::1',
    '00:1B:44:11:3a:b7',
    '+1 (202) 555-0143',
    'https://example.com/users/jane?tab=1',
    '030/2312500',
  ],
  ...['Please call me at (202) 555-0143 or write to jane.doe@example.com; my card is 4111 1111 1111 1111.'],
];
const rulesOf = (action: 'redact' | 'pseudonymize') =>
  new Map(DetectedType.options.map((type) => [type, { action, config: {} }]));
const record = (strings: string[]) => Object.fromEntries(strings.map((value, i) => [`column_${i}`, value]));
const half = [...values.slice(0, 9), ...personal];

const given = [
  { what: '20 strings without personal data', row: record(values), action: 'redact' },
  { what: '20 strings, 11 with personal data, redacted', row: record(half), action: 'redact' },
  { what: '20 strings, 11 with personal data, pseudonyms', row: record(half), action: 'pseudonymize' },
] as const;

/** Records of twenty strings, every detector on: milliseconds a record, one after the other. */
export function privacy(runs = 20_000): (Latencies & { what: string })[] {
  return given.map(({ what, row, action }) => {
    const columns = new Map<string, 'none'>();
    const treatment = { rules: rulesOf(action), everything: false, columns, threshold: 0.4, key };
    const { record: anonymised } = anonymiser(treatment);
    for (let i = 0; i < 2_000; i++) anonymised(row);
    const took = new Float64Array(runs);
    for (let i = 0; i < runs; i++) {
      const started = performance.now();
      anonymised(row);
      took[i] = performance.now() - started;
    }
    return { what, ...summary(took) };
  });
}

const micro = (milliseconds: number) => (milliseconds * 1000).toFixed(1);

const heading = 'Privacy';

/** The section of the page of results. */
export const section = (): string => `## ${heading}
Anonymising one record with every detector on; budget: p95 below ${micro(budget)} µs. Microseconds a record, 20,000 one after the other after 2,000 to warm up.

| record | least | p50 | p95 | p99 |
| --- | --- | --- | --- | --- |
${privacy()
  .map(({ what, least, p50, p95, p99 }) => `| ${what} | ${[least, p50, p95, p99].map(micro).join(' | ')} |`)
  .join('\n')}
`;

if (import.meta.main) console.log(section());
