-- What each node delivered, minute by minute, for coverage. Rows of the same node and minute add up. A row may span
-- more than a minute, where a block had too many to tell apart, or was stored before there was this table.
CREATE TABLE node_minute (
  id         INTEGER PRIMARY KEY,
  first_seq  INTEGER NOT NULL, -- number of a flow of the block that it came with: it goes when that flow goes
  node       TEXT,             -- null: nodes of a block that had too many
  flows      INTEGER NOT NULL,
  time_min   INTEGER NOT NULL,
  time_max   INTEGER NOT NULL,
  ahead      INTEGER NOT NULL, -- flows whose time was more than a second after their arrival
  ahead_most INTEGER NOT NULL, -- of these, milliseconds of the farthest
  late       INTEGER NOT NULL, -- flows that came after one of their node that is more than 10 seconds newer
  late_most  INTEGER NOT NULL, -- of these, milliseconds of the latest
  fields     INTEGER NOT NULL  -- bits of the fields that at least one of the flows carried
) STRICT;

CREATE INDEX node_minute_time ON node_minute (time_min, time_max);
CREATE INDEX node_minute_seq ON node_minute (first_seq);
-- The few that began long before a window and may yet reach into it.
CREATE INDEX node_minute_long ON node_minute (time_max, time_min) WHERE time_max - time_min >= 60000000000;

-- Of older blocks only the whole span is known, and not what their flows did not carry.
INSERT INTO node_minute (first_seq, node, flows, time_min, time_max, ahead, ahead_most, late, late_most, fields)
SELECT first_seq, node, segment_node.flows, segment_node.time_min, segment_node.time_max, 0, 0, 0, 0, 32767
FROM segment_node JOIN segment ON segment.id = segment_id ORDER BY first_seq;
