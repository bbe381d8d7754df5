/**
 * Milliseconds of work of this process since it was called: unlike the time on the clock it does not depend on
 * what else the machine does.
 */
export function stopWatch(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}
