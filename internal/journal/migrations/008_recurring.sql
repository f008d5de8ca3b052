-- What recurs, and when it last did: a row for each name of the configuration and tenant (empty: of all). Times are microseconds since 1970.
CREATE TABLE recurring (
  name          TEXT NOT NULL,
  tenant        TEXT NOT NULL,
  counted_to    BIGINT NOT NULL,           -- what was due up to here was run, or was not meant to be
  claims        BIGINT NOT NULL DEFAULT 0, -- fences a process that comes late
  worker        TEXT NOT NULL DEFAULT '',  -- who runs it now
  claimed_until BIGINT NOT NULL DEFAULT 0, -- whoever runs it has ended if this has passed
  began_at      BIGINT NOT NULL DEFAULT 0,
  ended_at      BIGINT NOT NULL DEFAULT 0,
  code          TEXT NOT NULL DEFAULT '',  -- of the last run: why it needs a person, or could not be done; empty: nothing to say
  detail        TEXT NOT NULL DEFAULT '',  -- of the last run
  PRIMARY KEY (name, tenant)
);
ALTER TABLE schedule_events ADD COLUMN recurring TEXT NOT NULL DEFAULT ''; -- the name of what recurs

-- What runs out, and of which day of the warning somebody was told.
CREATE TABLE runs_out (
  tenant   TEXT NOT NULL,
  what     TEXT NOT NULL,
  until_at BIGINT NOT NULL,
  days     INTEGER NOT NULL,               -- before that, when it was last told of
  PRIMARY KEY (tenant, what)
);

-- A schedule is carried out only once the audit log has its line: what a process left in between the next one completes.
ALTER TABLE schedules ADD COLUMN audited INTEGER NOT NULL DEFAULT 1;
ALTER TABLE schedules ADD COLUMN worker TEXT NOT NULL DEFAULT '';          -- who was to write the line
ALTER TABLE schedules ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0; -- attempts that ended with their process
CREATE INDEX schedules_unaudited ON schedules (id) WHERE audited = 0;
