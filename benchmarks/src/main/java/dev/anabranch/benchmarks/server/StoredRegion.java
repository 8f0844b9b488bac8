package dev.anabranch.benchmarks.server;

import dev.anabranch.benchmarks.load.AggregateDraw;
import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.load.ClosedLoop;
import dev.anabranch.benchmarks.load.CommandPlan;
import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.benchmarks.load.Row;
import dev.anabranch.benchmarks.load.Target;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Shards;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A region that has a history: of each of its aggregates as many commits. It is filled once, and
 * cells add to it what they commit; they all run the job without a checkpoint, so it reads the
 * whole log.
 */
public final class StoredRegion {

  /** Commands that go to every lane: when they are answered, each has read its tail. */
  private static final int PROBES = 64;

  private static final Duration START_TIMEOUT = Duration.ofMinutes(10);

  private final LoadOptions options;
  private final Database.Schema schema;
  private long commits;

  private StoredRegion(LoadOptions options, Database.Schema schema) {
    this.options = options;
    this.schema = schema;
    this.commits = options.stored;
  }

  static StoredRegion fill(LoadOptions options, Database.Schema schema) throws Exception {
    var threads = Executors.newFixedThreadPool(options.connections);
    try {
      var parts = new ArrayList<Callable<Void>>();
      for (var part = 0; part < options.connections; part++) {
        var own = part;
        parts.add(() -> fill(options, schema, own));
      }
      for (Future<Void> each : threads.invokeAll(parts)) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    System.err.printf("stored %,d commits%n", options.stored);
    return new StoredRegion(options, schema);
  }

  private static Void fill(LoadOptions options, Database.Schema schema, int part)
      throws SQLException {
    var random = new SplittableRandom(part);
    var offsets = new long[options.shards];
    try (var insert = new PlainInsert(schema.connect(), RowPlan.blobsOf(options, 1))) {
      for (var i = 0; i < options.stored; i++) {
        var aggregate = i % options.storedAggregates();
        var version = i / options.storedAggregates() + 1;
        if (aggregate == 0) {
          insert.share(RowPlan.blobsOf(options, version));
        }
        var key = new AggregateKey(BenchmarkDomain.TYPE, CommandPlan.aggregateId(aggregate));
        var shard = Shards.shardOf(key, options.shards);
        if (shard % options.connections == part) {
          var id = CommandPlan.commandId(random);
          insert.add(new Row(aggregate, version, id, shard, offsets[shard]++));
          if (insert.rows() == options.batch) {
            insert.execute();
          }
        }
      }
      if (insert.rows() > 0) {
        insert.execute();
      }
    }
    return null;
  }

  public Database.Schema schema() {
    return schema;
  }

  /** Rows of the log. */
  public long commits() {
    return commits;
  }

  public AggregateDraw draw() {
    return AggregateDraw.evenly(options.storedAggregates());
  }

  /** Returns when the job has read the whole log and answers commands. */
  public void awaitRead(Target job) throws Exception {
    var probes = new ClosedLoop(job, PROBES, PROBES);
    probes.start();
    probes.finish(START_TIMEOUT);
    added(probes.outcomes().accepted());
  }

  /** Notes what a cell has committed, and checks that the log holds just that. */
  public void added(long more) throws SQLException {
    commits += more;
    StoreCheck.require(schema, commits);
  }
}
