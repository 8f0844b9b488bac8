package dev.anabranch.operators.command.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.causality.RegionId;
import dev.anabranch.gate.CausalPast;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.stored.AggregateRecord;
import dev.anabranch.model.stored.ShardRecord;
import dev.anabranch.operators.command.TallyDomain;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import dev.anabranch.operators.command.lane.FenceRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AggregateCacheTest {

  private static final int MAX = 3;
  private static final long MAX_BYTES = 1_000;
  private static final long SECOND = 1_000_000_000;

  private final WrittenAggregates written = new WrittenAggregates();
  private final AggregateCache cache =
      new AggregateCache(
          AggregateTypes.of(new TallyDomain(true)),
          written,
          new HeardRegions.Regions(new RegionId("a"), List.of(new RegionId("a"))),
          MAX,
          MAX_BYTES);

  @Test
  void theOneThatWasNotUsedLatelyGoes() {
    get("a");
    get("b");
    get("c");
    get("a");
    get("d");

    assertThat(misses(() -> get("a"))).isZero();
    assertThat(misses(() -> get("c"))).isZero();
    assertThat(misses(() -> get("b"))).isOne();
    assertThat(cache.size()).isEqualTo(MAX);
  }

  @Test
  void whatIsUsedOnceGoesBeforeWhatWasThere() {
    get("a");
    get("b");
    get("c");
    for (var once = 0; once < 20; once++) {
      get("once" + once);
    }

    assertThat(misses(() -> get("b"))).isZero();
    assertThat(misses(() -> get("c"))).isZero();
    assertThat(cache.size()).isEqualTo(MAX);
  }

  @Test
  void whatIsUsedTwiceStays() {
    get("a");
    get("b");
    get("c");
    get("twice");
    get("twice");
    get("d");
    get("e");

    assertThat(misses(() -> get("twice"))).isZero();
  }

  @Test
  void whatIsLoadedAgainSoonStays() {
    get("a");
    get("b");
    get("c");
    get("again");
    get("d");
    assertThat(misses(() -> get("again"))).isOne();
    get("e");
    get("f");

    assertThat(misses(() -> get("again"))).isZero();
  }

  @Test
  void anotherSetOfAggregatesTakesTheCacheOver() {
    for (var round = 0; round < 4; round++) {
      for (var old = 0; old < MAX; old++) {
        get("old" + old);
      }
    }
    for (var round = 0; round < 6; round++) {
      for (var next = 0; next < MAX - 1; next++) {
        get("next" + next);
      }
    }

    for (var next = 0; next < MAX - 1; next++) {
      var name = "next" + next;
      assertThat(misses(() -> get(name))).as(name).isZero();
    }
  }

  @Test
  void anAggregateWithPendingCommandsStays() {
    for (var name : List.of("a", "b", "c")) {
      pin(get(name));
    }
    get("d");

    assertThat(cache.size()).isEqualTo(MAX + 1);
    get("e");
    assertThat(cache.size()).isEqualTo(MAX + 1);
    for (var name : List.of("a", "b", "c", "e")) {
      assertThat(misses(() -> get(name))).as(name).isZero();
    }
  }

  @Test
  void whatGoesIsWrittenIfItHasChanged() {
    commit(get("changed"));
    get("unchanged");
    get("c");
    get("d");
    get("e");

    assertThat(written.versions).containsExactly(Map.entry("Tally/changed", 1L));
    assertThat(get("changed").committed().version()).isEqualTo(1);
  }

  @Test
  void betweenAppendsOnlyIdleAggregatesAreWritten() {
    commit(get("idle"));
    var busy = get("busy");
    commit(busy);
    pin(busy);

    assertThat(cache.writeBackIdle()).isTrue();
    assertThat(written.versions).containsOnlyKeys("Tally/idle");
    assertThat(cache.writeBackIdle()).isFalse();

    commit(busy);
    cache.writeBack();
    assertThat(written.versions).containsEntry("Tally/busy", 2L);
    assertThat(written.writes).isEqualTo(2);
  }

  @Test
  void whatHasNotChangedForAWhileIsWrittenBeforeTheCheckpoint() {
    var resting = get("resting");
    var changing = get("changing");
    var pending = get("pending");
    for (var live : List.of(resting, changing, pending)) {
      commit(live);
    }
    pin(pending);

    // The first look only learns who changes from now on, and is not repeated at once.
    cache.writeBackResting(SECOND);
    cache.writeBackResting(SECOND + 1);
    assertThat(written.writes).isZero();

    commit(changing);
    cache.writeBackResting(2 * SECOND);
    assertThat(written.versions).containsOnlyKeys("Tally/resting");

    cache.writeBackResting(3 * SECOND);
    cache.writeBackResting(4 * SECOND);
    assertThat(written.versions).containsOnlyKeys("Tally/resting", "Tally/changing");
    assertThat(written.writes).isEqualTo(2);
    cache.writeBack();
    assertThat(written.writes).isEqualTo(3);
  }

  @Test
  void largeAggregatesLeaveThoughThereAreFew() {
    commit(get("a"), "x".repeat(600));
    commit(get("b"), "x".repeat(600));
    get("c");

    assertThat(cache.bytes()).isEqualTo(600);
    assertThat(cache.size()).isEqualTo(2);
    assertThat(written.versions).hasSize(1);
    var gone = written.versions.containsKey("Tally/a") ? "a" : "b";
    assertThat(get(gone).committed().state()).isEqualTo("x".repeat(600));
  }

  @Test
  void whatIsReadBackCountsAsMuchAsWhatWasWritten() {
    for (var i = 0; i < 20; i++) {
      commit(get("n" + i), "x".repeat(400));
    }
    cache.writeBack();
    for (var i = 0; i < 20; i++) {
      get("n" + i);
      assertThat(cache.bytes()).isLessThanOrEqualTo(MAX_BYTES + 400);
    }
    assertThat(written.versions).hasSize(20);
  }

  /** Events add to the estimate; a state that keeps little of them is measured before it goes. */
  @Test
  void whatIsLargeByTheEstimateOnlyStays() {
    var sum = get("sum");
    commit(sum);
    sum.madeAnew(sum.committed(), null, 5 * MAX_BYTES);
    cache.bound();

    assertThat(cache.bytes()).isEqualTo("state".length());
    assertThat(misses(() -> get("sum"))).isZero();
  }

  @Test
  void largeAggregatesWithPendingCommandsStay() {
    commit(get("a"), "x".repeat(600));
    pin(get("a"));
    commit(get("b"), "x".repeat(600));
    pin(get("b"));
    get("c");

    assertThat(misses(() -> get("a"))).isZero();
    assertThat(misses(() -> get("b"))).isZero();
  }

  @Property
  void aWriteBackLeavesTheKeyedStateComplete(
      @ForAll @Size(max = 60) List<@IntRange(max = 35) Integer> steps) {
    // The tries of a property share an instance.
    new AggregateCacheTest().checkWriteBack(steps);
  }

  private void checkWriteBack(List<Integer> steps) {
    var expected = new HashMap<String, Long>();
    var now = 0L;
    for (var step : steps) {
      var name = "n" + step % 8;
      if (step < 16) {
        var live = get(name);
        commit(live, "x".repeat(40 * step));
        expected.merge("Tally/" + name, 1L, Long::sum);
      } else if (step < 28) {
        assertThat(get(name).committed().version())
            .isEqualTo(expected.getOrDefault("Tally/" + name, 0L));
      } else if (step < 32) {
        cache.writeBackIdle();
      } else {
        now += SECOND;
        cache.writeBackResting(now);
      }
      cache.bound();
      assertThat(cache.bytes()).isLessThanOrEqualTo(MAX_BYTES);
    }
    cache.writeBack();

    assertThat(written.versions).isEqualTo(expected);
    assertThat(cache.writeBackIdle()).isFalse();
  }

  private LiveAggregate get(String name) {
    var key = new AggregateKey("Tally", name);
    return cache.get(key, key.toString());
  }

  private long misses(Runnable work) {
    var before = cache.misses();
    work.run();
    return cache.misses() - before;
  }

  private static void commit(LiveAggregate live) {
    commit(live, "state");
  }

  /** As an event would that is the state. */
  private static void commit(LiveAggregate live, String state) {
    var next = new Version(live.committed().version() + 1, CausalPast.NONE, List.of(), state);
    live.madeAnew(next, null, state.length() - live.bytes());
  }

  private static void pin(LiveAggregate live) {
    live.admit(FenceRow.of(0, 1, "a", 1, new DecisionTime(1, 1)));
  }

  /** Aggregates only; nothing else is asked for. */
  private static final class WrittenAggregates implements CommandState {
    final Map<String, Long> versions = new HashMap<>();
    int writes;
    private final Map<String, AggregateRecord> records = new HashMap<>();

    @Override
    public @Nullable AggregateRecord aggregate(String key) {
      return records.get(key);
    }

    @Override
    public void writeAggregate(String key, AggregateRecord aggregate) {
      records.put(key, aggregate);
      versions.put(key, aggregate.version());
      writes++;
    }

    @Override
    public @Nullable ShardRecord shard(int shard) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void writeShard(int shard, ShardRecord shardRecord) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<CommandRecord> parked(int shard) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void writeParked(int shard, List<CommandRecord> commands) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<CommandRecord> parkedRemote(int shard) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void writeParkedRemote(int shard, List<CommandRecord> commits) {
      throw new UnsupportedOperationException();
    }

    @Override
    public KeyedMap graphEntries() {
      throw new UnsupportedOperationException();
    }

    @Override
    public KeyedMap graphCommands() {
      throw new UnsupportedOperationException();
    }

    @Override
    public KeyedMap graphStates() {
      throw new UnsupportedOperationException();
    }

    @Override
    public KeyedMap graphEvents() {
      throw new UnsupportedOperationException();
    }

    @Override
    public KeyedMap gateEntries() {
      throw new UnsupportedOperationException();
    }
  }
}
