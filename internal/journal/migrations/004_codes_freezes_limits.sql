-- Whether the audit log has the line of a freeze. Those of before this column are taken to be there.
ALTER TABLE freezes ADD COLUMN audited INTEGER NOT NULL DEFAULT 1;

-- What was allowed explicitly for a batch: so many deactivations within an hour, and why. 0: the default limit.
ALTER TABLE batches ADD COLUMN deactivations INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN reason TEXT NOT NULL DEFAULT '';

-- The code of an outcome's reason. Empty: it ended before there were codes.
ALTER TABLE operations ADD COLUMN code TEXT NOT NULL DEFAULT '';

-- What makes two requests the same request, by the name that the code has for it.
ALTER TABLE operations RENAME COLUMN sameness TO request_key;
