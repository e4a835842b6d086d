import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** Whether a conditional write was taken: a condition that does not hold is an answer, every other fault is thrown. */
export const taken = (sent: Promise<unknown>): Promise<boolean> =>
  sent.then(
    () => true,
    (error) => {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    },
  );
