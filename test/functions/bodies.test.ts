import { beforeAll, describe, expect, test } from 'vitest';
import { is, item, spelled } from './faultItems.ts';
import { openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let predict: string;
beforeAll(async () => {
  wire = await openWire();
  const { project_id, model_id } = await wire.ready();
  predict = `/api/mlops/deployments/${await wire.deploy(project_id, model_id)}/predict`;
});

const send = (raw: string | Uint8Array, headers = {}) => wire.send('POST', '/api/projects', { raw, headers });
const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((p) => Buffer.from(p as string)));

/** Read off the real FastAPI with the same bodies. */
const broken: [raw: string, position: number, error: string][] = [
  [' ', 1, 'Expecting value'],
  ['{', 1, 'Expecting property name enclosed in double quotes'],
  ['{"a":}', 5, 'Expecting value'],
  ['{"a":1,}', 7, 'Expecting property name enclosed in double quotes'],
  ['{a:1}', 1, 'Expecting property name enclosed in double quotes'],
  ["{'a':1}", 1, 'Expecting property name enclosed in double quotes'],
  ['{"a" 1}', 5, "Expecting ':' delimiter"],
  ['{"a"', 4, "Expecting ':' delimiter"],
  ['{"a":1 "b"}', 7, "Expecting ',' delimiter"],
  ['{"a":1', 6, "Expecting ',' delimiter"],
  ['[1 2]', 3, "Expecting ',' delimiter"],
  ['[1,]', 3, 'Expecting value'],
  ['[', 1, 'Expecting value'],
  ['{}x', 2, 'Extra data'],
  ['01', 1, 'Extra data'],
  ['1.', 1, 'Extra data'],
  ['-', 0, 'Expecting value'],
  ['nul', 0, 'Expecting value'],
  ['{"a":+1}', 5, 'Expecting value'],
  ['{"a":"\u0001"}', 6, 'Invalid control character at'],
  ['{"a":"b', 5, 'Unterminated string starting at'],
  ['{"a":"\\x"}', 6, 'Invalid \\escape'],
  ['{"a":"\\u12"}', 7, 'Invalid \\uXXXX escape'],
  ['{"é":}', 5, 'Expecting value'],
  ['{"a":"😀" x}', 9, "Expecting ',' delimiter"],
  ['{"a":NaN}', 5, 'Expecting value'],
  ['{"a":Infinity}', 5, 'Expecting value'],
  ['{"a":-Infinity}', 5, 'Expecting value'],
  ['\ufeff{}', 0, 'Expecting value'],
];

describe('a body that is no JSON', () => {
  test.each(broken)('%j breaks at %i: %s', async (raw, position, error) => {
    const { status, body } = await send(raw);
    expect(spelled(body)).toBe(spelled({ detail: [item(is.json(error), ['body', position], {})] }));
    expect(status).toBe(422);
  });

  test.each([
    ['bytes that are no UTF-8', bytes('{"name":"', [0xff], '"}'), 'Invalid UTF-8'],
    ['UTF-16', bytes([0xff, 0xfe], '{\u0000}\u0000'), 'Invalid UTF-8'],
  ])('%s', async (_, raw, error) => {
    const { status, body } = await send(raw);
    expect([status, body.detail]).toEqual([422, [item(is.json(error), ['body', 0], {})]]);
  });

  test('text that says it is base64 and is not', async () => {
    const { status, body } = await wire.send('POST', '/api/projects', { raw: 'x{not base64}', base64: true });
    expect([status, body.detail]).toEqual([422, [item(is.json('Invalid base64'), ['body', 0], {})]]);
  });

  test('compressed bytes are never inflated', async () => {
    const { status, body } = await send('{}', { 'content-encoding': 'gzip' });
    expect([status, body.detail[0].type]).toEqual([422, 'json_invalid']);
  });

  test('more than 32 levels, and as many as that are fine', async () => {
    const nested = (n: number) => `${'['.repeat(n)}${']'.repeat(n)}`;
    expect((await send(nested(33))).body.detail[0].type).toBe('json_invalid');
    expect((await send(nested(32))).body.detail[0].type).toBe('model_attributes_type');
    expect((await send(`{"name":"${'['.repeat(40)}"}`)).status).toBe(201);
  });

  test('its place is told of a prediction, and nothing of what it holds', async () => {
    const { status, body } = await wire.send('POST', predict, { raw: '{"inputs": {"iban": DE0212' });
    expect([status, body]).toEqual([422, { detail: [item(is.json('Expecting value'), ['body', 20])] }]);
  });
});

describe('a body that is no object', () => {
  test.each([
    ['nothing', undefined, item(is.missing, ['body'], null)],
    ['null', 'null', item(is.missing, ['body'], null)],
    ['a list', '[]', item(is.model, ['body'], [])],
    ['a text', '"x"', item(is.model, ['body'], 'x')],
    ['a number', '5', item(is.model, ['body'], 5)],
  ])('%s', async (_, raw, fault) => {
    const { status, body } = await wire.send('POST', '/api/projects', raw === undefined ? {} : { raw });
    expect(spelled(body)).toBe(spelled({ detail: [fault] }));
    expect(status).toBe(422);
  });

  test.each([
    ['text/plain', 'abc'],
    ['application/xml', '<a/>'],
    ['application/x-www-form-urlencoded', 'name=a'],
    ['application/jsonp', '{}'],
    ['', '{"name":"a"}'],
  ])('media type %j: the text as it came', async (type, raw) => {
    const { status, body } = await send(raw, { 'content-type': type });
    expect(spelled(body)).toBe(spelled({ detail: [item(is.model, ['body'], raw)] }));
    expect(status).toBe(422);
  });

  test.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.slipway+json'])(
    'media type %j is JSON',
    async (type) => {
      const got = await send(JSON.stringify({ name: type }).replaceAll('/', ' '), { 'content-type': type });
      expect(got.status).toBe(201);
    },
  );

  test.each(['deactivate', 'complete'])('%s takes none, null and {}', async (what) => {
    const { project_id, model_id } = await wire.ready();
    const id = await wire.deploy(project_id, model_id);
    const path =
      what === 'complete' ? `/api/models/${model_id}/complete` : `/api/mlops/deployments/${id}/deactivate`;
    for (const sent of [{}, { raw: 'null' }, { body: {} }, { body: { more: 1 } }])
      expect((await wire.send('POST', path, sent)).status).toBe(200);
    expect((await wire.send('POST', path, { body: [] })).body.detail).toEqual([item(is.model, ['body'], [])]);
  });
});

describe('a text that is no Unicode', () => {
  test.each([
    ['{"name":"a\\ud800"}', ['body', 'name']],
    ['{"name":"\\udc00a"}', ['body', 'name']],
    ['{"name":"x","description":["\\ud800"]}', ['body', 'description', 0]],
  ])('%s', async (raw, loc) => {
    const { status, body } = await send(raw);
    const msg = 'Input should be a valid string, unable to parse raw data as a unicode string';
    expect([status, body]).toEqual([422, { detail: [{ type: 'string_unicode', loc, msg }] }]);
  });

  test('a pair of halves is a whole', async () => {
    expect((await send('{"name":"\\ud83d\\ude00"}')).body.project.name).toBe('😀');
  });
});

describe('a body that is too large', () => {
  const padded = (bytes: number) => `{"name":"${' '.repeat(bytes - 11)}"}`;
  test.each([
    ['/api/projects', 64 * 1024],
    ['predict', 1024 * 1024],
  ])('%s takes %i bytes and not one more', async (target, most) => {
    const to = target === 'predict' ? predict : target;
    const over = await wire.send('POST', to, { raw: padded(most + 1) });
    expect([over.status, over.body]).toEqual([413, { detail: 'Request body too large' }]);
    expect((await wire.send('POST', to, { raw: padded(most) })).status).toBe(422);
    const encoded = await wire.send('POST', to, { raw: Buffer.from(padded(most + 1)) });
    expect(encoded.status).toBe(413);
    expect((await wire.send('POST', to, { raw: Buffer.from(padded(most)) })).status).toBe(422);
  });

  test('whatever the length is said to be, the larger counts', async () => {
    const said = (length: string) =>
      wire.send('POST', '/api/projects', { raw: '{}', headers: { 'content-length': length } });
    expect((await said('65537')).status).toBe(413);
    expect((await said('2')).status).toBe(422);
    expect((await said('many')).status).toBe(422);
    const lying = await wire.send('POST', '/api/projects', {
      raw: padded(70_000),
      headers: { 'content-length': '2' },
    });
    expect(lying.status).toBe(413);
  });

  test('also where no body is read', async () => {
    expect((await wire.send('GET', '/api/projects', { raw: padded(70_000) })).status).toBe(413);
  });
});
