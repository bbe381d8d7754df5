-- All that is known of segments before a blob is read, in one small index: their rows lie far apart in the file.
CREATE INDEX segment_info ON segment (first_seq, flows, generation, time_min, time_max);

-- When the flows of a segment were, in whole seconds, where they lie far apart in time: it then has several rows
-- here. A segment without any reaches from time_min to time_max.
CREATE TABLE segment_run (
  segment_id   INTEGER NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
  first_second INTEGER NOT NULL,
  last_second  INTEGER NOT NULL,
  PRIMARY KEY (segment_id, first_second)
) STRICT, WITHOUT ROWID;

-- Keys of flows without a time: when they come again, nothing tells in which segments to look for them.
CREATE TABLE timeless (
  key BLOB PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX timeless_seq ON timeless (seq);

-- What retention removed, ever. One row.
CREATE TABLE retention (
  removals      INTEGER NOT NULL, -- grows with every removal, so that who counted before counts again
  last_segment  INTEGER NOT NULL, -- greatest id and number that were removed: neither is given again
  last_seq      INTEGER NOT NULL,
  flows         INTEGER NOT NULL,
  events        INTEGER NOT NULL,
  removed_until INTEGER,          -- time of the newest flow that was removed
  updated       INTEGER           -- milliseconds since 1970
) STRICT;

INSERT INTO retention VALUES (0, 0, 0, 0, 0, NULL, NULL);
