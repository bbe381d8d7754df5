import type { Counters } from './counters.js';

/** How TCP connections began and broke off. */
export interface TcpSummary {
  /** Opened by the client, as far as policy let it. */
  attempts: number;
  /** Accepted by the server; null where no packet of its was seen on this edge, so that nobody can tell. */
  accepted: number | null;
  /** Broken off by either side. */
  resets: number;
}

/**
 * The same packet may be told at several points, so each side counts what the best-placed observer saw. A packet that
 * was dropped opened nothing: drops tell of it. Undefined where nothing else was seen.
 */
export function connections(counters: Counters): TcpSummary | undefined {
  const client = { syns: 0, resets: 0 };
  const server = { syns: 0, resets: 0, isSeen: false };
  counters.forEach(({ counter, syns, resets }) => {
    if (counter.isReply) server.isSeen = true;
    if (counter.verdict === 'dropped' || counter.isSocket) return;
    const side = counter.isReply ? server : client;
    side.syns = Math.max(side.syns, syns);
    side.resets = Math.max(side.resets, resets);
  });
  // What was accepted was attempted, also where nobody saw it.
  const attempts = Math.max(client.syns, server.syns);
  const resets = client.resets + server.resets;
  if (attempts + resets === 0) return undefined;
  return { attempts, accepted: server.isSeen ? server.syns : null, resets };
}
