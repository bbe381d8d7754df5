/** What a gap in the data is, and what can be done about it. */
export interface GapWords {
  words: string;
  hint: string;
}

export const gapWords = {
  gaps: {
    words: 'A followed log was rotated away before it was read: the flows that stood in it are missing.',
    hint: 'Let the exporter keep more or larger files (`fileMaxSizeMb`, `fileMaxBackups`), or ask why this server was down or slow then.',
  },
  silent: {
    words: 'Between its first and its last flow, the node told of no flow for whole minutes.',
    hint: 'A quiet node may have had no traffic. If others were busy: did its agent restart, was its log rotated away before it was read, or was Relay not connected to it?',
  },
  fellSilent: {
    words:
      'The node told of nothing any more, for a whole minute up to the end of the window, while others did.',
    hint: 'Look at its statuses below, and on the node with `cilium status` and `hubble status`. A node that was removed is silent for good.',
  },
  statuses: {
    words:
      'Relay said that its connection to the node changed. While it is NODE_UNAVAILABLE, NODE_GONE or NODE_ERROR, no flows of the node come through Relay.',
    hint: 'The message tells why. Often: the agent restarts, a certificate ran out, a network policy or a firewall is in front of port 4244.',
  },
  ahead: {
    words:
      "The node's flows have times later than the moment they arrived: its clock is ahead of this server's.",
    hint: 'Synchronise the clocks (NTP) of the node and of this server. Until then its flows stand at the wrong place beside those of others.',
  },
  late: {
    words:
      'Flows came after others of their node that are newer by more than 10 seconds. What was answered about that time before did not know them.',
    hint: 'Usual when older files are imported afterwards. Otherwise: a slow connection to Relay, or an exporter or log shipper that held lines back.',
  },
  masked: {
    words: 'In so many minutes, none of the flows of the node carried a field that flows usually have.',
    hint: 'A field mask takes it away (`hubble observe --field-mask` or `--experimental-field-mask`, `fieldMask` of the exporter), the flows were read from text, or Cilium is older than the field. Filters and names that need it find nothing.',
  },
  others: {
    words: 'There were more nodes than are told apart; what these delivered and lost is told together.',
    hint: 'More than 1,000 names of nodes are most often a mistake in what was sent. A node that seems silent may be among them.',
  },
} as const satisfies Record<string, GapWords>;

const lossWords = new Map<string, GapWords>([
  [
    'PERF_EVENT_RING_BUFFER',
    {
      words: 'The kernel told of more than the agent could read, so the agent never saw these events.',
      hint: 'Give the agent more CPU, or let less be told: a higher monitor aggregation, or kinds of events switched off (`bpf-events-*-enabled`).',
    },
  ],
  [
    'OBSERVER_EVENTS_QUEUE',
    {
      words: 'Events came faster than Hubble could take them out of its queue.',
      hint: 'Raise `hubble-event-queue-size`, or give the agent more CPU.',
    },
  ],
  [
    'HUBBLE_RING_BUFFER',
    {
      words: 'Whoever read the flows was too slow: they were overwritten before they were read.',
      hint: 'Raise `hubble-event-buffer-capacity`, read with a narrower filter, or let the exporter write files and follow these.',
    },
  ],
]);

/** Of `lost_events`, by the queue that lost them. */
export function wordsOfLoss(source: string): GapWords {
  return (
    lossWords.get(source) ?? {
      words: 'Hubble reported that it lost events.',
      hint: 'This version of Flowatlas does not know the queue; the log of the agent may tell more.',
    }
  );
}
