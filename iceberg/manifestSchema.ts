import type { Rename } from './avro.ts';
import type { JsonMembers } from './json64.ts';
import type { PartitionSpec, PrimitiveType } from './model.ts';
import { avroTypeOf } from './partition.ts';

/** One field of a manifest or a manifest list: its id, our name for it, its Avro type, whether it may be null. */
type Row = readonly [id: number, name: string, type: string | JsonMembers, optional?: 'optional'];

const element = (id: number, items: string) => ({ type: 'array', items, 'element-id': id });

const mapOf = (keyId: number, valueId: number, value: string) => ({
  type: 'array',
  logicalType: 'map',
  items: {
    type: 'record',
    name: `k${keyId}_v${valueId}`,
    fields: [
      { name: 'key', type: 'int', 'field-id': keyId },
      { name: 'value', type: value, 'field-id': valueId },
    ],
  },
});

const entryRows: readonly Row[] = [
  [0, 'status', 'int'],
  [1, 'snapshot_id', 'long', 'optional'],
  [3, 'sequence_number', 'long', 'optional'],
  [4, 'file_sequence_number', 'long', 'optional'],
];

const fileRows: readonly Row[] = [
  [134, 'content', 'int'],
  [100, 'file_path', 'string'],
  [101, 'file_format', 'string'],
  [103, 'record_count', 'long'],
  [104, 'file_size_in_bytes', 'long'],
  [108, 'column_sizes', mapOf(117, 118, 'long'), 'optional'],
  [109, 'value_counts', mapOf(119, 120, 'long'), 'optional'],
  [110, 'null_value_counts', mapOf(121, 122, 'long'), 'optional'],
  [137, 'nan_value_counts', mapOf(138, 139, 'long'), 'optional'],
  [125, 'lower_bounds', mapOf(126, 127, 'bytes'), 'optional'],
  [128, 'upper_bounds', mapOf(129, 130, 'bytes'), 'optional'],
  [131, 'key_metadata', 'bytes', 'optional'],
  [132, 'split_offsets', element(133, 'long'), 'optional'],
  [135, 'equality_ids', element(136, 'int'), 'optional'],
  [140, 'sort_order_id', 'int', 'optional'],
  [143, 'referenced_data_file', 'string', 'optional'],
];

const summaryRows: readonly Row[] = [
  [509, 'contains_null', 'boolean'],
  [518, 'contains_nan', 'boolean', 'optional'],
  [510, 'lower_bound', 'bytes', 'optional'],
  [511, 'upper_bound', 'bytes', 'optional'],
];

const listRows: readonly Row[] = [
  [500, 'manifest_path', 'string'],
  [501, 'manifest_length', 'long'],
  [502, 'partition_spec_id', 'int'],
  [517, 'content', 'int'],
  [515, 'sequence_number', 'long'],
  [516, 'min_sequence_number', 'long'],
  [503, 'added_snapshot_id', 'long'],
  [504, 'added_files_count', 'int'],
  [505, 'existing_files_count', 'int'],
  [506, 'deleted_files_count', 'int'],
  [512, 'added_rows_count', 'long'],
  [513, 'existing_rows_count', 'long'],
  [514, 'deleted_rows_count', 'long'],
];

const fieldOf = ([id, name, type, optional]: Row): JsonMembers =>
  optional ? { name, type: ['null', type], default: null, 'field-id': id } : { name, type, 'field-id': id };

const recordOf = (name: string, fields: readonly JsonMembers[]): JsonMembers => ({
  type: 'record',
  name,
  fields,
});

export const manifestListSchema: JsonMembers = recordOf('manifest_file', [
  ...listRows.map(fieldOf),
  fieldOf([
    507,
    'partitions',
    { type: 'array', items: recordOf('r508', summaryRows.map(fieldOf)), 'element-id': 508 },
    'optional',
  ]),
  fieldOf([519, 'key_metadata', 'bytes', 'optional']),
]);

/** The key of a partition value in a record: its field id, because its name may be any text. */
export const partitionKey = (fieldId: number): string => `p${fieldId}`;

export function manifestSchema(
  spec: PartitionSpec,
  types: readonly (PrimitiveType | undefined)[],
): JsonMembers {
  const partition = spec.fields.map(({ id, name }, i) => {
    const type = types[i] ?? { type: 'int' };
    return fieldOf([id, avroName(name), avroTypeOf(type, `fixed_${id}`), 'optional']);
  });
  const [content, path, format, ...others] = fileRows.map(fieldOf);
  const file = recordOf('r2', [
    content ?? {},
    path ?? {},
    format ?? {},
    { name: 'partition', type: recordOf('r102', partition), 'field-id': 102 },
    ...others,
  ]);
  return recordOf('manifest_entry', [
    ...entryRows.map(fieldOf),
    { name: 'data_file', type: file, 'field-id': 2 },
  ]);
}

/** Avro names are letters, digits and `_`: other characters are written by their code, as other writers do. */
function avroName(name: string): string {
  const safe = name.replaceAll(
    /[^A-Za-z0-9_]/g,
    (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return /^[A-Za-z_]/.test(safe) ? safe : `_${safe}`;
}

const ours = new Map<number, string>([
  ...[...entryRows, ...fileRows, ...summaryRows, ...listRows].map(([id, name]): [number, string] => [
    id,
    name,
  ]),
  [2, 'data_file'],
  [102, 'partition'],
  [507, 'partitions'],
  [519, 'key_metadata'],
]);

/** Fields go by their ids, since writers name them differently; without an id by name. */
export const renameField: Rename = (name, fieldId) => {
  if (fieldId === undefined) return name;
  return ours.get(fieldId) ?? (fieldId >= 1000 ? partitionKey(fieldId) : name);
};
