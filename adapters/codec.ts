/** The named properties as JSON text: what a caller wrote there may be more than a column can hold. */
export function packed(value: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const item = { ...value };
  for (const name of names) if (item[name] !== undefined) item[name] = JSON.stringify(item[name]);
  return item;
}

export function unpacked(item: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const value = { ...item };
  for (const name of names) if (typeof value[name] === 'string') value[name] = JSON.parse(value[name]);
  return value;
}
