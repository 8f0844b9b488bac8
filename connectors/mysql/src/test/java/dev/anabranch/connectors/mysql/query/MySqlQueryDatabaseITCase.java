package dev.anabranch.connectors.mysql.query;

import dev.anabranch.connectors.mysql.TestQueries;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.VersionId;
import dev.anabranch.testkit.query.QueryDatabaseConformance;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The suite that every query database passes, on a real server. */
class MySqlQueryDatabaseITCase extends QueryDatabaseConformance {

  private final TestQueries queries = new TestQueries();

  @AfterEach
  void closeProxy() {
    queries.close();
  }

  @Override
  protected QueryDatabase newDatabase() {
    var unused = queries.tables().begin(PROJECTION);
    return queries.open();
  }

  @Override
  protected @Nullable Map<String, @Nullable Object> row(
      VersionId version, QueryTable table, Object... key) throws SQLException {
    return queries.row(version, table, key);
  }

  @Override
  protected void request(VersionId version, AggregateKey aggregate, ParkedRequest.Action action) {
    new ParkedRows(queries.config()).request(version, aggregate, action);
  }

  @Override
  protected void drop(VersionId version) {
    queries.tables().drop(version);
  }

  @Override
  protected VersionId begin() {
    return queries.tables().begin(PROJECTION);
  }
}
