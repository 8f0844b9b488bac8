package dev.anabranch.testkit.query;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.VersionId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The suite that every query database passes, on the one that operator tests use. */
class InMemoryQueryDatabaseTest extends QueryDatabaseConformance {

  private final InMemoryQueryDatabase database = new InMemoryQueryDatabase(SHARDS);

  @Override
  protected QueryDatabase newDatabase() {
    var unused = database.begin(PROJECTION, true);
    return database;
  }

  @Override
  protected @Nullable Map<String, @Nullable Object> row(
      VersionId version, QueryTable table, Object... key) {
    return database.tables(version).find(table, key).orElse(null);
  }

  @Override
  protected void request(VersionId version, AggregateKey aggregate, ParkedRequest.Action action) {
    database.request(version, aggregate, action);
  }

  @Override
  protected void drop(VersionId version) {
    database.drop(version);
  }

  @Override
  protected VersionId begin() {
    return database.begin(PROJECTION, false);
  }
}
