package dev.anabranch.benchmarks.projection;

import com.mysql.cj.jdbc.MysqlDataSource;
import dev.anabranch.benchmarks.load.CommandPlan;
import dev.anabranch.benchmarks.measure.Checkpoints;
import dev.anabranch.benchmarks.measure.CpuWindow;
import dev.anabranch.benchmarks.measure.IncorrectException;
import dev.anabranch.benchmarks.server.Broker;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.DepositHistory;
import dev.anabranch.benchmarks.server.FlinkJob;
import dev.anabranch.benchmarks.server.JobSettings;
import dev.anabranch.benchmarks.subject.KafkaJob;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.QueryClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.connectors.kafka.sink.Republisher;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.jobs.ProjectionJob;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AppendResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What can be measured about projections; each run on a fresh schema and topics. */
final class ProjectionRuns {

  private static final int APPEND_ROWS = 1_000;
  private static final int COMMIT_MAX_BYTES = 900_000;

  private final CellServers setting;
  private final int events;

  ProjectionRuns(CellServers setting, int events) {
    this.setting = setting;
    this.events = events;
  }

  /**
   * How fast it went.
   *
   * @param perSecond events
   * @param microsByProcess CPU per event, by process
   * @param microsByThread CPU of this JVM per event, by group of threads
   * @param strangers processors that others kept busy: noise
   */
  record Rate(
      double perSecond,
      Map<String, Double> microsByProcess,
      Map<String, Double> microsByThread,
      double strangers) {

    static Rate of(CpuWindow.Used used, long events) {
      return new Rate(
          events / used.seconds(),
          micros(used.processes(), events),
          micros(used.threads(), events),
          used.strangers());
    }

    private static Map<String, Double> micros(Map<String, Double> seconds, long events) {
      var micros = new TreeMap<String, Double>();
      seconds.forEach((name, used) -> micros.put(name, Math.round(used * 1e7 / events) / 10.0));
      return micros;
    }
  }

  /** Upserts the rows of these events by hand in batches, each a transaction. */
  Rate rawUpsert() throws Exception {
    try (var schema = setting.database().newSchema();
        var connection = schema.connect();
        var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      var mysql = connection.getMetaData().getDatabaseProductVersion().contains("MariaDB");
      statement.execute(
          "CREATE TABLE accounts (account VARCHAR(128) CHARACTER SET utf8mb4 COLLATE "
              + (mysql ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin")
              + " PRIMARY KEY, balance BIGINT NOT NULL DEFAULT 0, version BIGINT NOT NULL DEFAULT 0,"
              + " note VARCHAR(300) CHARACTER SET utf8mb4, changed_at DATETIME(6))");
      var plan = DepositHistory.ofOneRegion(setting.options());
      var start = CpuWindow.begin(setting.processes());
      for (var done = 0; done < events; done += setting.options().batch) {
        var sql = new StringBuilder("INSERT INTO accounts VALUES ");
        for (var i = 0; i < setting.options().batch; i++) {
          var row = plan.next();
          sql.append(i == 0 ? "('" : ",('").append(row.outcome().aggregate().id());
          sql.append("',12,").append(row.outcome().version()).append(",'").append(plan.note());
          sql.append("','2025-01-01 00:00:00.000000')");
        }
        sql.append(
            mysql
                ? " ON DUPLICATE KEY UPDATE balance=balance+VALUE(balance),version=VALUE(version),"
                    + "note=VALUE(note),changed_at=VALUE(changed_at)"
                : " AS incoming ON DUPLICATE KEY UPDATE"
                    + " accounts.balance=accounts.balance+incoming.balance,"
                    + "version=incoming.version,note=incoming.note,changed_at=incoming.changed_at");
        statement.executeUpdate(sql.toString());
      }
      return Rate.of(start.end(), events);
    }
  }

  /**
   * The job follows the topic: it knows the log as empty, then meets all events there. They are
   * published while the job's first batch waits for a lock, so that it is the job's speed that is
   * measured, not the publisher's.
   */
  Rate live() throws Exception {
    try (var schema = setting.database().newSchema();
        var checkpoints = new Checkpoints(setting.work())) {
      var topic = setting.broker().newTopic("events", Database.EVENTS_PARTITIONS);
      // Else it would see the rows in the store before Kafka brings them.
      try (var job = startJob(schema, topic, checkpoints, "1 min");
          var store = schema.store().open();
          var publisher =
              new Republisher(
                  KafkaConnection.to(setting.broker().bootstrapServers()),
                  topic,
                  store.layout(),
                  COMMIT_MAX_BYTES)) {
        awaitClaims(schema, job);
        var rows = append(schema);
        CpuWindow start;
        try (var gate = schema.connect();
            var statement = gate.createStatement()) {
          gate.setAutoCommit(false);
          statement.executeQuery("SELECT next_offset FROM projection_position FOR UPDATE").close();
          rows.forEach(publisher::publish);
          publisher.flush();
          start = CpuWindow.begin(setting.processes());
          gate.rollback();
        }
        awaitPosition(schema, job, events);
        return requireExact(schema, Rate.of(start.end(), events));
      }
    }
  }

  /** The job starts on a full event store; measured from its first committed page on. */
  Rate rebuild() throws Exception {
    try (var schema = setting.database().newSchema();
        var checkpoints = new Checkpoints(setting.work())) {
      var topic = setting.broker().newTopic("events", Database.EVENTS_PARTITIONS);
      append(schema);
      try (var job = startJob(schema, topic, checkpoints, "1 s")) {
        awaitPosition(schema, job, 1);
        var start = CpuWindow.begin(setting.processes());
        var first = position(schema);
        awaitPosition(schema, job, events);
        return requireExact(schema, Rate.of(start.end(), events - first));
      }
    }
  }

  /**
   * How long commands took, in microseconds from the intended time.
   *
   * @param replied until the answer
   * @param visible until the table showed it
   * @param rate of the same window
   */
  record Visible(Histogram replied, Histogram visible, Rate rate) {}

  /** Commands at a rate, each until the table shows it. */
  Visible visible(double perSecond, Duration warmUp, Duration length) throws Exception {
    var replied = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(2), 3);
    var visible = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(2), 3);
    var commands = setting.broker().newTopic("commands", Broker.PARTITIONS);
    try (var schema = setting.database().newSchema();
        var checkpoints = new Checkpoints(setting.work());
        var projectionCheckpoints = new Checkpoints(setting.work());
        var job = KafkaJob.start(setting, schema, checkpoints.path(), commands);
        var projections = startJob(schema, job.events(), projectionCheckpoints, "1 s");
        var queries = QueryClient.of(dataSource(schema));
        var client =
            CommandClient.builder()
                .bootstrapServers(setting.broker().bootstrapServers())
                .commandsTopic(commands)
                .replyTopic(job.replies())
                .maxInFlight(100_000)
                .build()) {
      var plan = new CommandPlan(setting.options(), 1);
      var warm = (long) (perSecond * warmUp.toMillis() / 1e3);
      var all = warm + (long) (perSecond * length.toMillis() / 1e3);
      var pending = new ArrayList<CompletableFuture<?>>();
      var start = System.nanoTime();
      var window = CpuWindow.begin(setting.processes());
      for (var i = 0L; i < all; i++) {
        var intended = start + (long) (i / perSecond * 1e9);
        var wait = intended - System.nanoTime();
        if (wait > 0) {
          TimeUnit.NANOSECONDS.sleep(wait);
        }
        if (i == warm) {
          window = CpuWindow.begin(setting.processes());
        }
        var measured = i >= warm;
        Consumer<Histogram> record =
            histogram -> {
              if (measured) {
                histogram.recordValue((System.nanoTime() - intended) / 1_000);
              }
            };
        var command = plan.nextForClient(plan.nextCommandId());
        pending.add(
            client
                .send(command, ReplyLevel.COMMITTED)
                .thenCompose(
                    reply -> {
                      record.accept(replied);
                      return queries.projected(
                          Objects.requireNonNull(reply.backing()),
                          ProjectionReadModel.NAME,
                          Duration.ofMinutes(1));
                    })
                .thenRun(() -> record.accept(visible)));
      }
      var rate = Rate.of(window.end(), all - warm);
      for (var each : pending) {
        each.join();
      }
      projections.requireAlive();
      return new Visible(replied, visible, rate);
    }
  }

  private FlinkJob startJob(
      Database.Schema schema, String topic, Checkpoints checkpoints, String watchInterval)
      throws Exception {
    var options = setting.options();
    var settings = JobSettings.of(options, setting.broker(), schema, Database.REGION);
    settings.put("events.topic", topic);
    settings.put("query.url", schema.jdbcUrl());
    settings.put("query.user", schema.user());
    settings.put("query.password", schema.password());
    settings.put("projections.group-id", "group-" + topic);
    settings.put("projections.watch-interval", watchInterval);
    settings.put("projections.max-batch-rows", Integer.toString(options.batch));
    settings.put("projections.lanes", Integer.toString(options.lanesPerSubtask()));
    var env = FlinkJob.environment(options, checkpoints.path());
    ProjectionJob.prepare(
        env, ProjectionJobOptions.from(Settings.of(settings)), ProjectionReadModel.loader());
    return FlinkJob.start(env, "projections");
  }

  private List<LogRow> append(Database.Schema schema) {
    var plan = DepositHistory.ofOneRegion(setting.options());
    var all = new ArrayList<LogRow>(events);
    try (var store = schema.store().open();
        var session = store.open(0)) {
      while (all.size() < events) {
        var rows = new ArrayList<LogRow>(APPEND_ROWS);
        for (var i = 0; i < APPEND_ROWS && all.size() + i < events; i++) {
          rows.add(plan.next());
        }
        if (!(session.append(rows) instanceof AppendResult.Appended)) {
          throw new IncorrectException("the event store did not take the rows");
        }
        all.addAll(rows);
      }
    }
    return all;
  }

  private static void awaitClaims(Database.Schema schema, FlinkJob job) throws Exception {
    while (number(schema, "SELECT COUNT(*) FROM projection_position WHERE writer = 0") > 0) {
      job.requireAlive();
      TimeUnit.MILLISECONDS.sleep(20);
    }
    // The source asks for the topic's end when it starts; give it that moment.
    TimeUnit.SECONDS.sleep(3);
  }

  private static void awaitPosition(Database.Schema schema, FlinkJob job, long rows)
      throws Exception {
    while (position(schema) < rows) {
      job.requireAlive();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static long position(Database.Schema schema) throws SQLException {
    return number(schema, "SELECT COALESCE(SUM(next_offset), 0) FROM projection_position");
  }

  private Rate requireExact(Database.Schema schema, Rate rate) throws SQLException {
    var sum = number(schema, "SELECT SUM(balance) FROM accounts");
    if (sum != 12L * events) {
      throw new IncorrectException("the balances add up to " + sum + ", not " + 12L * events);
    }
    return rate;
  }

  private static long number(Database.Schema schema, String query) throws SQLException {
    try (Connection connection = schema.connect();
        var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      return result.next() ? result.getLong(1) : 0;
    }
  }

  private static MysqlDataSource dataSource(Database.Schema schema) {
    var source = new MysqlDataSource();
    source.setUrl(schema.jdbcUrl());
    source.setUser(schema.user());
    source.setPassword(schema.password());
    return source;
  }
}
