import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  IdempotentParameterMismatchException,
  ResourceNotFoundException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './types.ts';

const $metadata = { httpStatusCode: 400, attempts: 1, totalRetryDelay: 0 };

/** The SDK has no class of its own for this one: it arrives as the base class with a name. */
export const invalid = (message: string): DynamoDBServiceException =>
  new DynamoDBServiceException({ name: 'ValidationException', $fault: 'client', message, $metadata });

export const conditionFailed = (Item?: Item): ConditionalCheckFailedException =>
  new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata, Item });

export const noSuchTable = (): ResourceNotFoundException =>
  new ResourceNotFoundException({ message: 'Requested resource not found', $metadata });

export const conflict = (): TransactionConflictException =>
  new TransactionConflictException({ message: 'Transaction is ongoing for the item', $metadata });

export const otherRequest = (): IdempotentParameterMismatchException =>
  new IdempotentParameterMismatchException({
    message: 'The client token was used with other parameters',
    Message: 'The client token was used with other parameters',
    $metadata,
  });

export const cancelled = (CancellationReasons: CancellationReason[]): TransactionCanceledException =>
  new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${CancellationReasons.map((reason) => reason.Code).join(', ')}]`,
    Message: 'Transaction cancelled',
    CancellationReasons,
    $metadata,
  });

export const isInvalid = (error: unknown): error is DynamoDBServiceException =>
  error instanceof DynamoDBServiceException && error.name === 'ValidationException';
