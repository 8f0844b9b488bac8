-- Which releases can work with this database: each migration from here on says which schema version a release must know at least.
-- A release that knows less than the newest version, but no less than this, goes on: so an additive migration stops no job that
-- runs, and the way back to the release before it stays open. Its own number: only releases that know it can go on.
CREATE TABLE IF NOT EXISTS schema_reader (
  version      INT UNSIGNED NOT NULL,  -- of the migration
  least_reader INT UNSIGNED NOT NULL,  -- schema version that a release must know to work with what this migration leaves
  PRIMARY KEY (version)
) ENGINE = InnoDB DEFAULT CHARACTER SET binary;

-- Additive. No release that knows less than this can ask the table; the first that can knows 4.
REPLACE INTO schema_reader (version, least_reader) VALUES (4, 4);
