-- Which view of each aggregate the tables of a version show, if they follow views: changed in the
-- same transaction as the tables. An earlier view that comes again, or late, is known by it.
CREATE TABLE IF NOT EXISTS projection_view (
  projection     VARBINARY(48)  NOT NULL,
  version        INT UNSIGNED   NOT NULL,
  aggregate_type VARBINARY(64)  NOT NULL,
  aggregate_id   VARBINARY(128) NOT NULL,
  revision       BLOB           NOT NULL,  -- token of a vector time
  PRIMARY KEY (projection, version, aggregate_type, aggregate_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;
