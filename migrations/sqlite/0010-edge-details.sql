-- What edges tell beside their counts, added up like them.
ALTER TABLE edge_hour ADD COLUMN syns   INTEGER NOT NULL DEFAULT 0; -- packets that open a TCP connection; of replies, that accept one
ALTER TABLE edge_hour ADD COLUMN resets INTEGER NOT NULL DEFAULT 0; -- packets that break one off
ALTER TABLE edge_hour ADD COLUMN latencies BLOB;                    -- histogram of how long answers took; docs/design.md, "Rollups"

-- Kinds tell encryption and authentication, too, so everything is added up anew, as far as its flows are held. Sums of
-- hours that lost flows stay as they are, and flows up to this number are in them already.
ALTER TABLE rollup ADD COLUMN kept_hour INTEGER; -- sums up to this hour are from before; null where none were kept
ALTER TABLE rollup ADD COLUMN kept_seq  INTEGER; -- number of the last flow that they contain
UPDATE rollup SET kept_hour = (SELECT removed_until / 3600000000000 FROM retention), kept_seq = last_seq, last_seq = 0;
DELETE FROM edge_hour WHERE hour > coalesce((SELECT kept_hour FROM rollup), -1e9);
