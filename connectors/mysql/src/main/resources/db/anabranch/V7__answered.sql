-- Up to where the commands of a shard are answered: a record below that has no row was answered without one, and is not
-- executed any more. The marks start with a format version byte.
CREATE TABLE IF NOT EXISTS shard_answered (
  shard  SMALLINT UNSIGNED NOT NULL,
  writer BIGINT            NOT NULL,  -- the attempt that owns the shard; an earlier one may not write any more
  marks  MEDIUMBLOB        NOT NULL,
  PRIMARY KEY (shard)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET binary;

-- Additive: a release that does not know the marks runs on without them.
REPLACE INTO schema_reader (version, least_reader) VALUES (7, 4);
