-- How far each source has been read, written in one transaction with what was read of it.
CREATE TABLE checkpoint (
  source  TEXT PRIMARY KEY,
  state   TEXT NOT NULL,    -- JSON; what it holds is the source's own affair
  updated INTEGER NOT NULL  -- milliseconds since 1970
) STRICT;
