-- CRC-32 of blobs as they rest, so that a bit that changed on disk is noticed. Null where it was not taken.
ALTER TABLE segment ADD COLUMN checksum INTEGER;      -- of columns
ALTER TABLE segment ADD COLUMN keys_checksum INTEGER; -- of keys, which are mostly not read with the columns
ALTER TABLE dictionary ADD COLUMN checksum INTEGER;   -- of lines
ALTER TABLE text_chunk ADD COLUMN checksum INTEGER;   -- of texts
