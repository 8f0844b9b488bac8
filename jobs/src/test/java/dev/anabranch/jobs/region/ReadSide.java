package dev.anabranch.jobs.region;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.MysqlDataSource;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.query.ParkedRows;
import dev.anabranch.connectors.mysql.query.ProjectionTables;
import dev.anabranch.connectors.mysql.query.QueryOwner;
import dev.anabranch.connectors.mysql.query.VersionStatus;
import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.embedded.network.TcpProxy;
import dev.anabranch.jobs.ProjectionJobUnderTest;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.operators.projection.ProjectionsLoader;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.ProjectionContext;
import dev.anabranch.projection.Projections;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.RowChange.RowId;
import dev.anabranch.query.VersionId;
import dev.anabranch.testkit.query.InMemoryTables;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.jspecify.annotations.Nullable;

/**
 * The read side of a {@link RegionUnderTest}: its projection job, which fills tables in a schema of
 * the region's first database server, and what is in them.
 */
public final class ReadSide {

  private static final int SERVER = 0;

  private final RegionUnderTest region;
  private final Projection projection;
  private final ProjectionsLoader loader;
  private final Map<String, String> extraOptions = new HashMap<>();

  /** With a projection of {@link PurseReadModel}. */
  public ReadSide(RegionUnderTest region, Projection projection) {
    this(region, projection, new Only(projection.revision()));
  }

  /**
   * @param loader gives the projection
   */
  public ReadSide(RegionUnderTest region, Projection projection, ProjectionsLoader loader) {
    this.region = region;
    this.projection = projection;
    this.loader = loader;
  }

  /** Sets an option of the job for its next submissions. */
  public ReadSide option(String key, String value) {
    extraOptions.put(key, value);
    return this;
  }

  // -- The job.

  public JobUnderTest start() {
    return start(null);
  }

  public JobUnderTest start(@Nullable String path) {
    var job = region.submit(graph(path));
    job.awaitRunning();
    return job;
  }

  /** What is wrong with the options shows here. */
  public JobGraph graph(@Nullable String path) {
    var name = region.name();
    var env =
        ProjectionJobUnderTest.prepare(
            new org.apache.flink.configuration.Configuration(),
            options(),
            loader,
            real -> new CrashingQueries(name, real));
    var graph = env.getStreamGraph();
    graph.setJobName("projections-" + name);
    var job = graph.getJobGraph();
    if (path != null) {
      job.setSavepointRestoreSettings(
          SavepointRestoreSettings.forPath(path, false, RecoveryClaimMode.NO_CLAIM));
    }
    return job;
  }

  private record Only(int revision) implements ProjectionsLoader {
    @Override
    public Projections load(ClassLoader userCode) {
      return Projections.of(() -> List.of(PurseReadModel.projection(revision)));
    }
  }

  public ProjectionJobOptions options() {
    return ProjectionJobOptions.from(Settings.of(settings()));
  }

  /** The options with which the job is submitted, by key. */
  public Map<String, String> settings() {
    var all = region.settings();
    all.put("query.url", server().jdbcUrl(schema(), proxy().port()));
    all.put("query.user", server().user());
    all.put("query.password", server().password());
    all.put("query.connect-timeout", "1 s");
    all.put("query.socket-timeout", "6 s");
    all.put("projections.watch-interval", "100 ms");
    all.putAll(extraOptions);
    return all;
  }

  public void crashAt(CrashingQueries.Point point, int nth) {
    CrashingQueries.arm(region.name(), point, nth);
  }

  public int crashes() {
    return CrashingQueries.happened(region.name());
  }

  public EmbeddedDatabase server() {
    return region.database(SERVER);
  }

  /** Between the job and the server; the region's own event store is behind it, too. */
  public TcpProxy proxy() {
    return region.databaseProxy(SERVER);
  }

  // -- Tools.

  public ProjectionTables tables() {
    var layout = new MySqlEventStoreFactory(options().store().config()).open().layout();
    return new ProjectionTables(options().query().config(), QueryOwner.of(layout));
  }

  public ParkedRows parked() {
    return new ParkedRows(options().query().config());
  }

  public VersionStatus status(VersionId version) {
    return tables().list().stream()
        .filter(status -> status.id().equals(version))
        .findAny()
        .orElseThrow();
  }

  // -- What came of it.

  /** Waits until the version has taken every row that the store has now. */
  public void awaitEnd(VersionId version) {
    var ends = ends();
    Await.until(version + " at the end of the log", () -> isAt(version, ends));
  }

  /** Where the store ends now, by shard. */
  public Map<Integer, Long> ends() {
    var ends = new TreeMap<Integer, Long>();
    region.stored().forEach(row -> ends.merge(row.shard(), row.offset() + 1, Math::max));
    return ends;
  }

  /** Whether the version exists and has come so far. */
  public boolean isAt(VersionId version, Map<Integer, Long> ends) {
    return tables().list().stream()
        .filter(status -> status.id().equals(version))
        .anyMatch(
            status ->
                ends.entrySet().stream()
                    .allMatch(
                        end ->
                            status.positions().get(end.getKey()).nextOffset() >= end.getValue()));
  }

  /** Checks that the version holds what every row of the log makes, each applied once. */
  public void assertExact(VersionId version) throws SQLException {
    assertExact(version, row -> true);
  }

  public void assertExact(VersionId version, Predicate<LogRow> applied) throws SQLException {
    var expected = new InMemoryTables();
    for (var row : region.stored()) {
      if (applied.test(row)) {
        expected.apply(
            projection.changes(
                EventsBlob.decode(row.outcome().blobs().events()), context(row.outcome())));
      }
    }
    for (var table : projection.tables()) {
      assertThat(rows(table, table.name() + "_v" + version.version()))
          .as("%s of %s", table, version)
          .isEqualTo(new TreeMap<>(expected.rows(table)));
    }
  }

  private ProjectionContext context(Outcome outcome) {
    return new ProjectionContext(
        outcome.aggregate().type(),
        outcome.aggregate().id(),
        Math.max(1, outcome.version()),
        0,
        outcome.commandId(),
        region.name(),
        Instant.EPOCH.plus(outcome.stamp().occurredAtMicros(), ChronoUnit.MICROS),
        MetadataBlob.decode(outcome.blobs().metadata()));
  }

  /** Rows by key, from a table or a view. */
  public Map<RowId, Map<String, @Nullable Object>> rows(QueryTable table, String name)
      throws SQLException {
    var rows = new TreeMap<RowId, Map<String, @Nullable Object>>();
    try (var connection = connect();
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT * FROM `" + name + "`")) {
      while (result.next()) {
        var row = new LinkedHashMap<String, @Nullable Object>();
        for (var column : table.key()) {
          row.put(column.name(), value(result, column));
        }
        var key = row.values().toArray();
        for (var column : table.values()) {
          row.put(column.name(), value(result, column));
        }
        rows.put(table.row(key).id(), row);
      }
    }
    return rows;
  }

  /** For readers; past the proxy. */
  public DataSource dataSource() {
    var source = new MysqlDataSource();
    source.setUrl(server().jdbcUrl(schema()));
    source.setUser(server().user());
    source.setPassword(server().password());
    return source;
  }

  /** Of the query database, past the proxy. */
  public String jdbcUrl() {
    return server().jdbcUrl(schema());
  }

  /** Past the proxy. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), server().user(), server().password());
  }

  public void execute(String... statements) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private String schema() {
    return "queries_" + region.name();
  }

  private static @Nullable Object value(ResultSet result, Column column) throws SQLException {
    var name = column.name();
    return switch (column.kind()) {
      case TEXT, LONG_TEXT -> result.getString(name);
      case INTEGER -> result.getLong(name);
      case DECIMAL -> result.getBigDecimal(name);
      case BOOL -> result.getBoolean(name);
      case TIMESTAMP -> {
        var time = result.getObject(name, LocalDateTime.class);
        yield time == null ? null : time.toInstant(ZoneOffset.UTC);
      }
      case BYTES -> result.getBytes(name);
    };
  }
}
