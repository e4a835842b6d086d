/** Look once a second whether a child still lives; 0 is nobody's child. */
export function watchProcess(pid: number) {
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      resolve();
    }
  }, 1000);
  if (pid === 0) clearInterval(timer);
  return { lost, stop: () => clearInterval(timer) };
}
