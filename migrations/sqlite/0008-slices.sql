-- When the flows of a segment were, in whole seconds, where that says more than time_min and time_max: slices of its
-- rows, each up to the next one, and the stretches of time in which a slice has flows.
CREATE TABLE segment_slice (
  segment_id   INTEGER NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
  first_row    INTEGER NOT NULL,
  first_second INTEGER NOT NULL,
  last_second  INTEGER NOT NULL,
  PRIMARY KEY (segment_id, first_row, first_second)
) STRICT, WITHOUT ROWID;

-- It takes the place of segment_run; a segment of before is one slice.
INSERT INTO segment_slice SELECT segment_id, 0, first_second, last_second FROM segment_run;
DROP TABLE segment_run;
