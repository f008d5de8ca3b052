-- What is to happen at a time: one offboarding a row. Times are microseconds since 1970.
CREATE TABLE schedules (
  id            TEXT PRIMARY KEY,
  tenant        TEXT NOT NULL,
  email         TEXT NOT NULL,
  email_key     TEXT NOT NULL,             -- as two e-mails are compared
  due_at        BIGINT NOT NULL,
  asked         TEXT NOT NULL,             -- the time as it was asked for, and in which zone
  zone          TEXT NOT NULL,
  reason        TEXT NOT NULL,             -- why it was asked for
  requested_by  TEXT NOT NULL,
  on_behalf_of  TEXT NOT NULL DEFAULT '',
  deactivations INTEGER NOT NULL DEFAULT 0, -- so many within an hour were allowed explicitly; 0: the default limit
  state         TEXT NOT NULL,             -- pending, running, parked, ended, cancelled
  operation     TEXT NOT NULL DEFAULT '',  -- what it has become: the last one, where it was tried again
  tries         INTEGER NOT NULL DEFAULT 0, -- attempts that failed
  late_by       BIGINT NOT NULL DEFAULT 0, -- how long past its time it was begun
  outcome       TEXT NOT NULL DEFAULT '',
  code          TEXT NOT NULL DEFAULT '',
  because       TEXT NOT NULL DEFAULT '',
  hint          TEXT NOT NULL DEFAULT '',
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX schedules_open ON schedules (tenant, email_key) WHERE state IN ('pending', 'running', 'parked');
CREATE INDEX schedules_due ON schedules (state, due_at);

-- What happened to schedules, and to tenants of which some are due: in the order in which it was committed, without gaps. Nothing of it
-- is ever changed.
CREATE TABLE schedule_events (
  seq      BIGINT PRIMARY KEY,
  at       BIGINT NOT NULL,
  what     TEXT NOT NULL,
  tenant   TEXT NOT NULL,
  schedule TEXT NOT NULL DEFAULT '',       -- empty: it is about the tenant
  email    TEXT NOT NULL DEFAULT '',
  by_whom  TEXT NOT NULL,
  op       TEXT NOT NULL DEFAULT '',
  outcome  TEXT NOT NULL DEFAULT '',
  code     TEXT NOT NULL DEFAULT '',
  detail   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX schedule_events_of ON schedule_events (schedule);
CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('schedule_events', 0);

-- Tenants of which nothing that is due is begun for now.
CREATE TABLE tenant_stops (
  tenant   TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,               -- in a row
  until_at BIGINT NOT NULL,
  held     INTEGER NOT NULL,               -- 1: until a person lifts it
  code     TEXT NOT NULL,
  because  TEXT NOT NULL,
  hint     TEXT NOT NULL,
  since    BIGINT NOT NULL
);

-- Processes that carry out what is due.
CREATE TABLE daemons (
  id         TEXT PRIMARY KEY,
  worker     TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL
);
