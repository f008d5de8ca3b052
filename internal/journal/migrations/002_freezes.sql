CREATE TABLE freezes (
  tenant TEXT PRIMARY KEY,                 -- * stands for all
  reason TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at     BIGINT NOT NULL
);
ALTER TABLE operations ADD COLUMN on_behalf_of TEXT NOT NULL DEFAULT '';
