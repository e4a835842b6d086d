/**
 * Milliseconds of a processor that this process has had so far. What a hostile input costs is told by these: of time,
 * whatever else runs on the machine takes its share.
 */
export function effort(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
