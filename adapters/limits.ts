/** How every AWS client is made: no call may hang. Without the last line the second one only warns. */
export const limits = (requestTimeout = 2_000) => ({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout, throwOnRequestTimeout: true },
});

/** Whether a service is answered by a stand-in: there its hosts have no names of their own. */
export const local = (service: 'S3' | 'SFN'): boolean =>
  (process.env.AWS_ENDPOINT_URL ?? process.env[`AWS_ENDPOINT_URL_${service}`]) !== undefined;
