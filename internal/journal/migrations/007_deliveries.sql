-- Messages about what happened, until they are delivered. Times are microseconds since 1970.
CREATE TABLE deliveries (
  id            TEXT PRIMARY KEY,          -- of the message: the same on each try
  receiver      TEXT NOT NULL,             -- its name in the configuration
  event         BIGINT NOT NULL,           -- schedule_events.seq
  kind          TEXT NOT NULL,             -- what the message is about
  created_at    BIGINT NOT NULL,
  tries         INTEGER NOT NULL DEFAULT 0,
  next_at       BIGINT NOT NULL,           -- not tried before
  claimed_until BIGINT NOT NULL DEFAULT 0, -- a process tries it; it has ended if this has passed
  failure       TEXT NOT NULL DEFAULT ''   -- of the last try
);
CREATE UNIQUE INDEX deliveries_once ON deliveries (receiver, event);

-- What happened up to here has been given to receivers: not what happened before there were any.
INSERT INTO counters (name, value) SELECT 'notified', value FROM counters WHERE name = 'schedule_events';

ALTER TABLE schedule_events ADD COLUMN late_by BIGINT NOT NULL DEFAULT 0;    -- begun: how long past its time
ALTER TABLE schedule_events ADD COLUMN late_before BIGINT NOT NULL DEFAULT 0; -- begun anew: how late it was when it was begun before
ALTER TABLE schedule_events ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;  -- paused: so many in a row
ALTER TABLE schedule_events ADD COLUMN receiver TEXT NOT NULL DEFAULT '';    -- not_told: to whom
ALTER TABLE schedule_events ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;     -- of the schedule
