/**
 * Bundled in place of the SDK's search for credentials, a quarter of every bundle, which on Lambda ends at these
 * variables anyway. They change while a function lives: what is always about to expire is read again at every call.
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = process.env;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
    expiration: new Date(Date.now() + 60_000),
  };
};
