-- The log of a region's events, as it lies in one physical database. Runs on MySQL 8.4+ and MariaDB 11.4+.
-- Written so that it can be run again after it stopped half-way: DDL is not transactional here.

-- One row per outcome of a command. Ids are bytes: text collations would hold 'a' and 'a ' for equal.
-- No foreign key may point here: each COMMIT would pay for it.
CREATE TABLE IF NOT EXISTS event_log (
  shard          SMALLINT UNSIGNED NOT NULL,
  shard_offset   BIGINT            NOT NULL,  -- 0, 1, 2 ... per shard, assigned by the shard's owner
  kind           TINYINT UNSIGNED  NOT NULL,
  aggregate_type VARBINARY(64)     NOT NULL,
  aggregate_id   VARBINARY(128)    NOT NULL,
  version        BIGINT            NULL,      -- of the aggregate, from 1; NULL: the row changes nothing
  command_id     VARBINARY(64)     NULL,
  slot           VARBINARY(16)     NOT NULL,  -- empty, or the origin of a second commit with this command id
  origin         VARBINARY(16)     NULL,      -- origin and origin_n: the dot of a commit
  origin_n       BIGINT            NULL,
  writer         BIGINT            NOT NULL,  -- random id of the attempt that wrote the row
  hlc            BIGINT            NOT NULL,  -- milliseconds << 16 | counter
  occurred_at    BIGINT            NOT NULL,  -- microseconds since the epoch
  causality      MEDIUMBLOB        NOT NULL,
  metadata       MEDIUMBLOB        NOT NULL,
  reply          MEDIUMBLOB        NOT NULL,
  events         MEDIUMBLOB        NOT NULL,
  -- Fences writers that do not know the last row, orders the log, makes inserts sequential.
  PRIMARY KEY (shard, shard_offset),
  -- ux_command before ux_version: a repeated row violates both, and the server names the first.
  UNIQUE KEY ux_command (aggregate_type, aggregate_id, command_id, slot),
  UNIQUE KEY ux_version (aggregate_type, aggregate_id, version)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET binary;

-- Which region this database belongs to: one row, the same in all databases of the region.
CREATE TABLE IF NOT EXISTS region_meta (
  only_row          TINYINT UNSIGNED  NOT NULL DEFAULT 1,
  region            VARBINARY(16)     NOT NULL,
  store_id          VARBINARY(36)     NOT NULL,
  shard_count       SMALLINT UNSIGNED NOT NULL,
  events_partitions SMALLINT UNSIGNED NOT NULL,
  layout_version    SMALLINT UNSIGNED NOT NULL,
  PRIMARY KEY (only_row),
  CONSTRAINT region_meta_has_one_row CHECK (only_row = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- The shards whose rows are appended here.
CREATE TABLE IF NOT EXISTS shard_home (
  shard SMALLINT UNSIGNED NOT NULL,
  PRIMARY KEY (shard)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- How far each shard is published: all rows below next_offset.
CREATE TABLE IF NOT EXISTS shard_published (
  shard       SMALLINT UNSIGNED NOT NULL,
  next_offset BIGINT            NOT NULL,
  PRIMARY KEY (shard)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- Shards, of any database, whose checkpoint holds commands that are not decided yet.
CREATE TABLE IF NOT EXISTS shard_parked (
  shard SMALLINT UNSIGNED NOT NULL,
  PRIMARY KEY (shard)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;
