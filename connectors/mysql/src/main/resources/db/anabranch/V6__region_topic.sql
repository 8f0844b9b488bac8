-- Which topics the region has worked with: Kafka's id of each. A topic that is deleted and made again has the same name and
-- another id, so that positions in the one before mean nothing in it. The same in all databases; if they differ, as one was
-- away when a topic had changed, the greatest generation holds.
CREATE TABLE IF NOT EXISTS region_topic (
  topic      VARBINARY(249)  NOT NULL,
  topic_id   VARBINARY(36)   NOT NULL,  -- as Kafka's tools print it
  generation BIGINT UNSIGNED NOT NULL,  -- 1, and one more each time the id has changed
  noted_at   BIGINT          NOT NULL,  -- microseconds since the epoch
  PRIMARY KEY (topic)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- Additive: a release that does not know the table does not compare.
REPLACE INTO schema_reader (version, least_reader) VALUES (6, 4);
