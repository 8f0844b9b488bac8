package dev.anabranch.operators.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.command.lane.TestStore;
import dev.anabranch.operators.task.RegionMap;
import dev.anabranch.testkit.sample.SharedDomain;
import dev.anabranch.wire.EventWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** One region of several: a store, the command operator on it, and what it has published. */
public final class RegionHarness implements AutoCloseable {

  private final String name;
  private final TestStore store;
  private final OperatorHarness operator;
  private final String home;
  private final Batching batching;
  private final Duration drain;

  public RegionHarness(String name, List<String> all) throws Exception {
    this(name, all, all.get(0), new Batching(1, 50, 1 << 20, 200, 1 << 24), Duration.ofSeconds(20));
  }

  RegionHarness(String name, List<String> all, String home, Batching batching, Duration drain)
      throws Exception {
    this.name = name;
    this.store = new TestStore(name);
    this.home = home;
    this.batching = batching;
    this.drain = drain;
    this.operator = new OperatorHarness(store.factory(), options(all), new SharedDomain());
  }

  private CommandOperatorOptions options(List<String> all) {
    return new CommandOperatorOptions(
        name,
        new RegionMap(all, home, new TreeMap<>()),
        OperatorHarness.SHARDS,
        batching,
        10_000,
        200,
        4,
        drain);
  }

  /** The regions that the configuration names; takes effect at the next start. */
  void names(List<String> all) {
    operator.useOptions(options(all));
  }

  String name() {
    return name;
  }

  public OperatorHarness operator() {
    return operator;
  }

  TestStore store() {
    return store;
  }

  public CommandReply handle(String aggregate, String commandId, String text) throws Exception {
    return operator.handle(aggregate, commandId, text);
  }

  /** The result of a {@code read}; each needs a command id of its own. */
  public String read(String aggregate, String commandId) throws Exception {
    return new String(handle(aggregate, commandId, "read").body().result(), UTF_8);
  }

  /** What another region may be given: the commits in this region's log, in order. */
  public List<LogRow> commits() {
    var commits = new ArrayList<LogRow>();
    for (var row : store.allRows()) {
      if (row.outcome().dot() != null) {
        commits.add(row);
      }
    }
    return commits;
  }

  List<String> dots() {
    return commits().stream().map(row -> row.outcome().dot().toString()).toList();
  }

  /** What a filter makes of a row. */
  static LogRow tombstoneOf(LogRow row) {
    var outcome = row.outcome();
    return new Outcome(
            RowKind.TOMBSTONE,
            outcome.aggregate(),
            Outcome.NO_VERSION,
            null,
            "",
            outcome.dot(),
            outcome.stamp(),
            new Blobs(outcome.blobs().causality(), Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY))
        .at(row.shard(), row.offset());
  }

  /** Until so many rows are durable; runs no mail meanwhile. */
  void awaitRows(int count) {
    var deadline = System.nanoTime() + OperatorHarness.PATIENCE.toNanos();
    while (store.allRows().size() < count) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(store.allRows().size() + " rows instead of " + count);
      }
      Thread.onSpinWait();
    }
  }

  /** Hands the other region's row in, as it comes out of its events topic. */
  public void receive(LogRow row, String from) throws Exception {
    operator.sendRemote(
        new CommandRecord(
            row.outcome().aggregate().toString(),
            EventWire.encode(row, from),
            new SourcePosition("inbound." + name, 0, row.offset(), 0)));
  }

  /** Hands in all that the other region has, and waits until it is durable here. */
  public void receiveAll(RegionHarness other) throws Exception {
    for (var row : other.commits()) {
      receive(row, other.name);
    }
    operator.settle();
  }

  @Override
  public void close() throws Exception {
    operator.close();
    store.assertSound();
    store.close();
  }
}
