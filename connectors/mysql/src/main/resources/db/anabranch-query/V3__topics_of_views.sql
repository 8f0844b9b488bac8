-- Of which topic a version of views has read each partition: a position in it means nothing in
-- another topic of the same name. No row: not known, a version that no job of this layout has filled.
CREATE TABLE IF NOT EXISTS projection_topic (
  projection     VARBINARY(48)     NOT NULL,
  version        INT UNSIGNED      NOT NULL,
  view_partition SMALLINT UNSIGNED NOT NULL,
  topic_id       VARBINARY(64)     NOT NULL,  -- Kafka's, as text
  PRIMARY KEY (projection, version, view_partition)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;
