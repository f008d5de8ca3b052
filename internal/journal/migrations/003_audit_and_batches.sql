-- Whether the audit log has the end of an operation. Those of before this column are taken to be there.
ALTER TABLE operations ADD COLUMN audited INTEGER NOT NULL DEFAULT 1;

-- A batch with everything that it asks for, written down before the first of it is begun.
CREATE TABLE batches (
  id           TEXT PRIMARY KEY,
  tenant       TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  on_behalf_of TEXT NOT NULL DEFAULT '',
  dry_run      INTEGER NOT NULL DEFAULT 0,
  created_at   BIGINT NOT NULL
);
CREATE TABLE batch_rows (
  batch     TEXT NOT NULL REFERENCES batches (id),
  n         INTEGER NOT NULL,              -- counts from 1
  request   TEXT NOT NULL,
  operation TEXT NOT NULL DEFAULT '',      -- empty: it was never begun
  PRIMARY KEY (batch, n)
);

CREATE TABLE facts (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
