import { S3Client } from '@aws-sdk/client-s3';
import { limits, local } from './limits.ts';

/** Objects may be large: they get longer. Without the last line a presigned upload promises the sum of an empty body. */
export const objects = new S3Client({
  ...limits(10_000),
  forcePathStyle: local('S3'),
  requestChecksumCalculation: 'WHEN_REQUIRED',
});
