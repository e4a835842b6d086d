/** How every AWS client is made: no call may hang. Without the last line the second one only warns. */
export const limits = (requestTimeout = 2_000) => ({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout, throwOnRequestTimeout: true },
});
