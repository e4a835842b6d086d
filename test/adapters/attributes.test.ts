import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributes, plainItem } from '../../adapters/aws/attributes.ts';

/** The SDK refuses an item with the first of these for a key, for it asks an object's class by it, and loses the second. */
const lost = ['constructor', '__proto__'];
const name = fc.string({ minLength: 1 }).filter((text) => !lost.includes(text));
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(name, tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any;
const item = fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true });

test('an item is spelled as the SDK spells it, and read back as it was', () => {
  fc.assert(
    fc.property(item, (plain) => {
      expect(attributes(plain)).toEqual(marshall(plain));
      expect(plainItem(attributes(plain))).toEqual(plain);
    }),
  );
});

test('bytes travel as base64, and what is absent is left out', () => {
  const spelled = attributes({ z: Buffer.from('é'), gone: undefined });
  expect(spelled).toEqual({ z: { B: 'w6k=' } });
  expect(plainItem(spelled).z).toEqual(Buffer.from('é'));
});
