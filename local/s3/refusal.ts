/** What a caller is told instead of an answer, in S3's own words; never with a value it sent. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
}

export const refusal = (status: number, code: string, message: string): Refusal => ({
  status,
  code,
  message,
});

export const isRefusal = (thrown: unknown): thrown is Refusal =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'status' in thrown;

export const unknownHere = (what: string) => refusal(501, 'NotImplemented', `S3 ${what} is not known here`);

export const noSuchKey = () => refusal(404, 'NoSuchKey', 'The specified key does not exist.');
export const noSuchBucket = () => refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');
export const noSuchUpload = () => refusal(404, 'NoSuchUpload', 'The specified upload does not exist.');
export const preconditionFailed = () =>
  refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
export const invalid = (message: string) => refusal(400, 'InvalidArgument', message);
