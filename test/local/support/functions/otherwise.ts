/** Stands behind every path that no route has. */
export const handler = async () => ({
  statusCode: 404,
  headers: { 'content-type': 'application/json' },
  body: '{"detail":"Not Found"}',
});
