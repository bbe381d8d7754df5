-- How the blobs of a segment are laid out: docs/design.md, "Segments". Those of before have the first layout.
ALTER TABLE segment ADD COLUMN layout INTEGER NOT NULL DEFAULT 1;
