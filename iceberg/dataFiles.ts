import type { AvroRecord, AvroValue } from './avro.ts';
import { malformed, unsupported } from './fault.ts';
import { partitionKey } from './manifestSchema.ts';
import type { DataFile, PartitionSpec, PrimitiveType } from './model.ts';
import { avroPartitionValue, partitionValue } from './partition.ts';
import { bytesOf, integerOf, listOf, mapOf, optionalOf, recordOf, textOf } from './record.ts';

const contents = ['data', 'positionDeletes', 'equalityDeletes'] as const;

type Types = readonly (PrimitiveType | undefined)[];

/** The file of a manifest entry, its partition in the order of the spec. */
export function dataFileOf(record: AvroRecord, spec: PartitionSpec, types: Types): DataFile {
  if (record.key_metadata) throw unsupported('encryption');
  const content = contents[optionalOf(record, 'content', integerOf) ?? 0];
  if (!content) throw malformed('a manifest holds a file of unknown content');
  const partition = recordOf(record, 'partition');
  const sizes = (key: string) => optionalOf(record, key, mapOf(integerOf));
  return {
    content,
    path: textOf(record, 'file_path'),
    format: textOf(record, 'file_format').toLowerCase(),
    specId: spec.id,
    partition: spec.fields.map(({ id, name }, i) =>
      partitionValue(types[i], partition[partitionKey(id)] ?? partition[name]),
    ),
    recordCount: integerOf(record, 'record_count'),
    sizeBytes: integerOf(record, 'file_size_in_bytes'),
    columnSizes: sizes('column_sizes'),
    valueCounts: sizes('value_counts'),
    nullValueCounts: sizes('null_value_counts'),
    nanValueCounts: sizes('nan_value_counts'),
    lowerBounds: optionalOf(record, 'lower_bounds', mapOf(bytesOf)),
    upperBounds: optionalOf(record, 'upper_bounds', mapOf(bytesOf)),
    splitOffsets: optionalOf(record, 'split_offsets', listOf(integerOf)),
    equalityIds: optionalOf(record, 'equality_ids', listOf(integerOf)),
    sortOrderId: optionalOf(record, 'sort_order_id', integerOf),
    referencedDataFile: optionalOf(record, 'referenced_data_file', textOf),
  };
}

const pairs = (map: ReadonlyMap<number, AvroValue> | undefined): AvroRecord[] | undefined =>
  map && [...map].sort(([a], [b]) => a - b).map(([key, value]) => ({ key, value }));

/** A file as `manifestSchema` has it. The names of partition fields are the schema's, in the order of the spec. */
export function dataFileRecord(file: DataFile, spec: PartitionSpec, types: Types): AvroRecord {
  const values = spec.fields.map(({ id }, i): [string, AvroValue] => [
    partitionKey(id),
    avroPartitionValue(types[i], file.partition[i] ?? null),
  ]);
  return {
    content: contents.indexOf(file.content),
    file_path: file.path,
    file_format: file.format.toUpperCase(),
    partition: Object.fromEntries(values),
    record_count: file.recordCount,
    file_size_in_bytes: file.sizeBytes,
    column_sizes: pairs(file.columnSizes),
    value_counts: pairs(file.valueCounts),
    null_value_counts: pairs(file.nullValueCounts),
    nan_value_counts: pairs(file.nanValueCounts),
    lower_bounds: pairs(file.lowerBounds),
    upper_bounds: pairs(file.upperBounds),
    split_offsets: file.splitOffsets,
    equality_ids: file.equalityIds,
    sort_order_id: file.sortOrderId,
    referenced_data_file: file.referencedDataFile,
  };
}
