/** Tells the person at the terminal what is being waited for, and since when. */
export type Progress = (step: string) => void;

export function createProgress(write: (line: string) => void, now = () => performance.now()): Progress {
  const started = now();
  return (step) => write(`${((now() - started) / 1000).toFixed(1).padStart(6)} s  ${step}`);
}
