-- Who was ever seen to speak with whom: an edge of the map at the level of workloads. Nothing of it is ever removed.
-- Where no record tells the client, the side with the lower port is taken for the server. Times are nanoseconds since 1970.
CREATE TABLE ledger (
  source        INTEGER NOT NULL, -- the client, in rollup_end
  destination   INTEGER NOT NULL, -- the server
  protocol      TEXT    NOT NULL,
  port          INTEGER NOT NULL, -- the server's; 0 for none
  first         INTEGER NOT NULL,
  last          INTEGER NOT NULL,
  first_allowed INTEGER,
  last_allowed  INTEGER,
  first_dropped INTEGER,
  last_dropped  INTEGER,
  PRIMARY KEY (source, destination, protocol, port)
) STRICT, WITHOUT ROWID;

-- What people have seen of it, by id of the edge on the map.
CREATE TABLE acknowledgement (
  edge TEXT PRIMARY KEY,
  note TEXT    NOT NULL,
  at   INTEGER NOT NULL -- milliseconds since 1970
) STRICT, WITHOUT ROWID;

-- Sums of hours whose flows were removed; those of flows that are held are made anew by 0010.
INSERT INTO ledger
SELECT iif(is_swapped, destination, source), iif(is_swapped, source, destination), protocol,
       iif(is_swapped, source_port, destination_port), min(first), max(last),
       min(iif(is_allowed, first, NULL)), max(iif(is_allowed, last, NULL)),
       min(iif(is_dropped, first, NULL)), max(iif(is_dropped, last, NULL))
FROM (
  SELECT source, destination, source_port, destination_port, coalesce(told ->> 'protocol', '') AS protocol,
         hour * 3600000000000 + first AS first, hour * 3600000000000 + last AS last,
         iif(client IS NULL, source_port > 0 AND source_port < destination_port, client = 'destination') AS is_swapped,
         told ->> 'verdict' IN ('FORWARDED', 'REDIRECTED', 'AUDIT') AS is_allowed,
         coalesce(told ->> 'verdict' = 'DROPPED', 0) AS is_dropped
  FROM edge_hour JOIN rollup_kind ON rollup_kind.id = kind
  WHERE told ->> 'point' NOT LIKE 'trace-sock%'
)
GROUP BY 1, 2, 3, 4;
