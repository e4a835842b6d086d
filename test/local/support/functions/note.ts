/** Prints its event, for tests to find it. */
export const handler = async (event: unknown) => {
  process.stdout.write(`noted ${JSON.stringify(event)}\n`);
  return { noted: true };
};
