-- How the conflicts of a region's aggregates stand, written by the cross-region job; each in the database of its aggregate.

CREATE TABLE IF NOT EXISTS conflict (
  aggregate_type VARBINARY(64)    NOT NULL,
  aggregate_id   VARBINARY(128)   NOT NULL,
  conflict_id    VARBINARY(96)    NOT NULL,  -- the two versions that opened it, or a void commit
  status         TINYINT UNSIGNED NOT NULL,  -- 1 opened, 2 extended, 3 resolved, 4 voided, 5 restored
  revision       BIGINT           NOT NULL,  -- commits applied to the aggregate: a lower one changes nothing
  occurred_at    BIGINT           NOT NULL,  -- microseconds since the epoch
  detail         MEDIUMBLOB       NOT NULL,  -- starts with a format version byte
  PRIMARY KEY (aggregate_type, aggregate_id, conflict_id),
  KEY ix_status (status, occurred_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET binary;
