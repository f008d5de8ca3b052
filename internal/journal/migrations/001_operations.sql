-- Times are microseconds since 1970. A user, a wish and notices are JSON.
CREATE TABLE operations (
  id            TEXT PRIMARY KEY,
  tenant        TEXT NOT NULL,
  action        TEXT NOT NULL,
  email         TEXT NOT NULL,
  sameness      TEXT NOT NULL,             -- what makes two requests the same request
  request       TEXT NOT NULL,
  requested_by  TEXT NOT NULL,
  dry_run       INTEGER NOT NULL DEFAULT 0,
  state         TEXT NOT NULL,             -- requested, running, intent, acted, verified
  outcome       TEXT NOT NULL DEFAULT '',  -- empty while under way
  reason        TEXT NOT NULL DEFAULT '',
  hint          TEXT NOT NULL DEFAULT '',
  before_user   TEXT NOT NULL DEFAULT '',
  wanted        TEXT NOT NULL DEFAULT '',
  after_user    TEXT NOT NULL DEFAULT '',
  path          TEXT NOT NULL DEFAULT '',
  selector_version TEXT NOT NULL DEFAULT '',
  evidence      TEXT NOT NULL DEFAULT '',
  notices       TEXT NOT NULL DEFAULT '',
  attempts      INTEGER NOT NULL DEFAULT 0,
  fence         BIGINT NOT NULL DEFAULT 0, -- of the lease under which it was last worked on
  worker        TEXT NOT NULL DEFAULT '',
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL,
  intent_at     BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX operations_under_way ON operations (tenant, sameness) WHERE outcome = '' AND dry_run = 0;
CREATE INDEX operations_by_time ON operations (tenant, created_at);

CREATE TABLE leases (
  tenant     TEXT PRIMARY KEY,
  holder     TEXT NOT NULL,                -- empty: nobody
  fence      BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
