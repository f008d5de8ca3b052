-- What is done, and when, as a run was counted for it: something else under the same name begins anew. Empty: it was counted before this was kept.
ALTER TABLE recurring ADD COLUMN counted_for TEXT NOT NULL DEFAULT '';
