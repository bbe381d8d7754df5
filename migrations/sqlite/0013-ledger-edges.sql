-- What the ledger is asked by. A node of the map may have several ends, so an edge may have several rows.
ALTER TABLE ledger ADD COLUMN edge TEXT; -- its id on the map; null only inside of the transaction that writes the row
CREATE INDEX ledger_edge ON ledger (edge, first);
CREATE INDEX ledger_first ON ledger (first, edge);
CREATE INDEX ledger_first_dropped ON ledger (first_dropped) WHERE first_dropped IS NOT NULL;

-- When news of the ledger were posted last, and up to when they were told. One row; none before the first start that posts.
CREATE TABLE digest (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  at    INTEGER NOT NULL, -- milliseconds since 1970
  until INTEGER NOT NULL  -- nanoseconds since 1970, of flows
) STRICT;
