package dev.anabranch.connectors.mysql.query;

import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.QueryDatabaseFactory;

/** Opens the query database that a configuration describes. */
public final class MySqlQueryDatabaseFactory implements QueryDatabaseFactory {

  private static final long serialVersionUID = 1L;

  private final QueryConfig config;
  private final QueryOwner owner;

  public MySqlQueryDatabaseFactory(QueryConfig config, QueryOwner owner) {
    this.config = config;
    this.owner = owner;
  }

  @Override
  public QueryDatabase open() {
    return new MySqlQueryDatabase(config, owner);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "MySqlQueryDatabaseFactory[" + config + "]";
  }
}
