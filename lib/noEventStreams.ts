/**
 * Bundled in place of the SDK's event streams, which no call of ours answers with: DynamoDB, Step Functions and
 * EventBridge have none that we ask for. The SDK loads them only when one arrives.
 */
export const eventStreamSerdeProvider = (): never => unbundled();

export function EventStreamSerde(): never {
  return unbundled();
}

function unbundled(): never {
  throw new Error('event streams are not bundled');
}
