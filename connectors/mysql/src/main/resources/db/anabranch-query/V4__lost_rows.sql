-- In which shards a version stands still, since it has applied a row that the event store lost, or needs one that the store
-- lacks. Additive: a release that does not know the table leaves it as it is.
CREATE TABLE IF NOT EXISTS projection_lost (
  projection   VARBINARY(48)     NOT NULL,
  version      INT UNSIGNED      NOT NULL,
  shard        SMALLINT UNSIGNED NOT NULL,
  shard_offset BIGINT            NOT NULL,
  hlc          BIGINT            NOT NULL,  -- of the row that was applied; 0: the row comes next; -1: the store has another one
  what         BLOB              NOT NULL,  -- for people
  found_at     BIGINT            NOT NULL,  -- microseconds since the epoch
  PRIMARY KEY (projection, version, shard)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;
