-- What a start needs to notice that this database lost rows which were acknowledged, and what people decided about it.

-- Every row of the shard that was published before this place of the events topic is in this database. Written here, after the
-- rows: so a replica or backup that lacks rows has an older place, and the topic from there on shows what it lacks.
CREATE TABLE IF NOT EXISTS shard_bookmark (
  shard    SMALLINT UNSIGNED NOT NULL,
  topic_id VARBINARY(64)     NOT NULL,  -- as the broker made it
  position BIGINT            NOT NULL,  -- of the next record in the shard's partition
  PRIMARY KEY (shard)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- A row that was acknowledged and is not here. The shard takes no commands until it is back, or its loss is accepted.
CREATE TABLE IF NOT EXISTS shard_missing (
  shard        SMALLINT UNSIGNED NOT NULL,
  shard_offset BIGINT            NULL,      -- NULL: only another region has seen it
  writer       BIGINT            NULL,
  hlc          BIGINT            NULL,
  what         BLOB              NOT NULL,  -- for people
  found_at     BIGINT            NOT NULL,  -- microseconds since the epoch
  PRIMARY KEY (shard)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- Losses that a person accepted. What the events topic shows of these rows before its position is void.
CREATE TABLE IF NOT EXISTS shard_loss (
  shard        SMALLINT UNSIGNED NOT NULL,
  accepted_at  BIGINT            NOT NULL,  -- microseconds since the epoch
  from_offset  BIGINT            NOT NULL,  -- the shard goes on here
  until_offset BIGINT            NOT NULL,  -- after the last row that is known to be lost
  topic_id     VARBINARY(64)     NOT NULL,
  position     BIGINT            NOT NULL,  -- where the shard's partition of the events topic ended
  author       VARBINARY(255)    NOT NULL,
  reason       BLOB              NOT NULL,
  PRIMARY KEY (shard, accepted_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- Additive: a release that does not know the tables leaves them as they are, and what they say stays true.
REPLACE INTO schema_reader (version, least_reader) VALUES (5, 4);
