-- When each node was last heard before a time: every answer tells of those that are silent. A clock that is ahead does not count.
CREATE INDEX node_minute_heard ON node_minute (node, time_max) WHERE node IS NOT NULL AND ahead = 0;
