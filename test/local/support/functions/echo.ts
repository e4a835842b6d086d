import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** Gives back the event that it was called with, and what its environment says. */
export const handler = async (event: APIGatewayProxyEventV2) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ event, env: process.env }),
});
