package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.benchmarks.measure.CpuWindow;
import dev.anabranch.benchmarks.measure.IncorrectException;
import dev.anabranch.benchmarks.measure.Measurement;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.DatabaseCounters;
import dev.anabranch.benchmarks.server.PlainInsert;
import dev.anabranch.benchmarks.server.RowPlan;
import dev.anabranch.benchmarks.server.StoreCheck;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AppendResult;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/**
 * The most that the tables take: each connection inserts full batches, one after the other, without
 * waiting for anybody. Either by hand, or through the connector's session as the operator's lanes
 * call it: the difference is what the connector costs.
 */
final class RawInsertCell implements Cell {

  /** How rows are sent. */
  enum Way {
    PLAIN,
    CONNECTOR
  }

  private final LoadOptions options;
  private final Database database;
  private final Way way;

  RawInsertCell(LoadOptions options, Database database, Way way) {
    this.options = options;
    this.database = database;
    this.way = way;
  }

  @Override
  public String name() {
    return way == Way.PLAIN ? "raw-insert" : "connector-insert";
  }

  @Override
  public Measurement run(Duration warmUp, Duration window) throws Exception {
    var threads = Executors.newCachedThreadPool(work -> new Thread(work, "raw-insert"));
    try (var schema = database.newSchema()) {
      var inserted = new LongAdder();
      var end = new CompletableFuture<Boolean>();
      var running = new ArrayList<Future<Boolean>>();
      for (var i = 0; i < options.connections; i++) {
        var plan = new RowPlan(options, i, options.connections, i);
        running.add(threads.submit(inserter(schema, plan, inserted, end)));
      }
      sleep(running, warmUp);
      var counters = new DatabaseCounters(schema);
      var before = counters.get();
      var cpu = CpuWindow.begin(Map.of("database", database.pid()));
      var insertedBefore = inserted.sum();
      sleep(running, window);
      var rows = inserted.sum() - insertedBefore;
      var used = cpu.end();
      var facts = counters.get();
      before.forEach((name, value) -> facts.merge(name, -value, Double::sum));
      end.complete(true);
      for (var each : running) {
        each.get();
      }
      StoreCheck.require(schema, inserted.sum());
      return Measurement.of(rows, used, null, facts);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Ends early only if an inserter fails. */
  private static void sleep(List<Future<Boolean>> running, Duration duration)
      throws InterruptedException, ExecutionException {
    try {
      running.get(0).get(duration.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException asExpected) {
      return;
    }
    throw new IllegalStateException("an inserter ended too early");
  }

  private Callable<Boolean> inserter(
      Database.Schema schema, RowPlan plan, LongAdder inserted, CompletableFuture<Boolean> end) {
    return way == Way.PLAIN
        ? () -> insertPlainly(schema, plan, inserted, end)
        : () -> append(schema, plan, inserted, end);
  }

  private boolean insertPlainly(
      Database.Schema schema, RowPlan plan, LongAdder inserted, CompletableFuture<Boolean> end)
      throws SQLException {
    try (var insert = new PlainInsert(schema.connect(), plan.blobs())) {
      while (!end.isDone()) {
        while (insert.rows() < options.batch) {
          insert.add(plan.next());
        }
        insert.execute();
        inserted.add(options.batch);
      }
      return true;
    }
  }

  private boolean append(
      Database.Schema schema, RowPlan plan, LongAdder inserted, CompletableFuture<Boolean> end) {
    try (var store = schema.store().open();
        var session = store.open(0)) {
      while (!end.isDone()) {
        var rows = new ArrayList<LogRow>(options.batch);
        while (rows.size() < options.batch) {
          rows.add(plan.toLogRow(plan.next()));
        }
        var result = session.append(rows);
        if (!(result instanceof AppendResult.Appended)) {
          throw new IncorrectException("an append ended with " + result);
        }
        inserted.add(options.batch);
      }
      return true;
    }
  }
}
