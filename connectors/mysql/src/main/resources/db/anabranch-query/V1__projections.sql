-- What projections keep beside their tables. Runs on MySQL 8.4+ and MariaDB 11.4+.
-- Written so that it can be run again after it stopped half-way: DDL is not transactional here.

-- Which region's log the tables follow: one row.
CREATE TABLE IF NOT EXISTS projection_meta (
  only_row       TINYINT UNSIGNED  NOT NULL DEFAULT 1,
  region         VARBINARY(16)     NOT NULL,
  store_id       VARBINARY(36)     NOT NULL,
  shard_count    SMALLINT UNSIGNED NOT NULL,
  layout_version SMALLINT UNSIGNED NOT NULL,
  PRIMARY KEY (only_row),
  CONSTRAINT projection_meta_has_one_row CHECK (only_row = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- Which version readers see. next_live: a switch to it was begun and not finished.
CREATE TABLE IF NOT EXISTS projection (
  name         VARBINARY(48) NOT NULL,
  last_version INT UNSIGNED  NOT NULL,
  live_version INT UNSIGNED  NULL,
  next_live    INT UNSIGNED  NULL,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- The versions that have tables.
CREATE TABLE IF NOT EXISTS projection_version (
  projection VARBINARY(48) NOT NULL,
  version    INT UNSIGNED  NOT NULL,
  revision   INT UNSIGNED  NOT NULL,  -- of the code that fills them
  definition MEDIUMBLOB    NOT NULL,  -- of the tables, as text
  created_at BIGINT        NOT NULL,  -- microseconds since the epoch
  PRIMARY KEY (projection, version)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

CREATE TABLE IF NOT EXISTS projection_table (
  projection VARBINARY(48) NOT NULL,
  version    INT UNSIGNED  NOT NULL,
  table_name VARBINARY(64) NOT NULL,  -- that readers use; the physical one ends with _v and the version
  PRIMARY KEY (projection, version, table_name)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- How far each version has come: changed in the same transaction as its tables.
CREATE TABLE IF NOT EXISTS projection_position (
  projection  VARBINARY(48)     NOT NULL,
  version     INT UNSIGNED      NOT NULL,
  shard       SMALLINT UNSIGNED NOT NULL,
  next_offset BIGINT            NOT NULL,  -- all rows of the shard below it are applied or parked
  writer      BIGINT            NOT NULL,  -- random id of whoever claimed the shard last
  hlc         BIGINT            NOT NULL,  -- clock of the last row: milliseconds << 16 | counter
  PRIMARY KEY (projection, version, shard)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- Rows of the log that a version could not apply, and the later ones of the same aggregates.
CREATE TABLE IF NOT EXISTS projection_parked (
  projection     VARBINARY(48)     NOT NULL,
  version        INT UNSIGNED      NOT NULL,
  shard          SMALLINT UNSIGNED NOT NULL,
  shard_offset   BIGINT            NOT NULL,
  aggregate_type VARBINARY(64)     NOT NULL,
  aggregate_id   VARBINARY(128)    NOT NULL,
  reason         BLOB              NOT NULL,  -- empty: it waits behind another one
  parked_at      BIGINT            NOT NULL,  -- microseconds since the epoch
  request        TINYINT UNSIGNED  NOT NULL DEFAULT 0,  -- 1 try again, 2 discard
  PRIMARY KEY (projection, version, shard, shard_offset),
  KEY ix_aggregate (projection, version, aggregate_type, aggregate_id),
  KEY ix_request (request)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;
