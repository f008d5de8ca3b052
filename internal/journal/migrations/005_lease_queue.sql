-- Who waits to act for a tenant, in the order in which they came. A row that is not renewed counts for nothing.
CREATE TABLE lease_queue (
  tenant  TEXT NOT NULL,
  ticket  BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, ticket)
);
