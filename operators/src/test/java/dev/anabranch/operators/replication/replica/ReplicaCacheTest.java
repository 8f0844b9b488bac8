package dev.anabranch.operators.replication.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.history.FoldedState;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.stored.ReplicaHead.Merging;
import dev.anabranch.operators.cache.CachedMap;
import dev.anabranch.operators.cache.CachedValue;
import dev.anabranch.operators.history.GraphInState;
import dev.anabranch.operators.history.Snapshot;
import dev.anabranch.operators.replication.ReplicationOptions;
import dev.anabranch.wire.blob.EventsBlob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplicaCacheTest {

  private static final int RESTS = 5;

  private final Map<String, ReplicaHead> stored = new HashMap<>();
  private final Map<String, byte[]> folded = new HashMap<>();
  private final List<String> writes = new ArrayList<>();
  private final Map<String, String> prints = new HashMap<>();
  private int printReads;
  private String currentKey = "";
  private ReplicaCache cache = cache(100_000);

  @Test
  void writesWhatHasNotChangedForAWhile() {
    change("a");
    ticks(RESTS - 1);
    assertThat(writes).isEmpty();

    ticks(1);
    assertThat(writes).containsExactly("a");

    ticks(2 * RESTS);
    cache.writeBack();
    assertThat(writes).as("once").containsExactly("a");
  }

  @Test
  void leavesToTheCheckpointWhatChangesAllTheTime() {
    for (var i = 0; i < 4 * RESTS; i++) {
      change("busy");
      change("calm " + i);
      ticks(1);
    }
    assertThat(writes).isNotEmpty().doesNotContain("busy");

    cache.writeBack();
    assertThat(writes).contains("busy").doesNotHaveDuplicates();
    assertThat(stored).hasSize(4 * RESTS + 1);
  }

  /** However many there are, a commit waits for a few of them only. */
  @Test
  void writesAFewAtATime() {
    var keys = new HashSet<String>();
    for (var i = 0; i < 1_000; i++) {
      change("key " + i);
      keys.add("key " + i);
    }
    ticks(RESTS);
    var before = 0;
    while (writes.size() < keys.size()) {
      assertThat(writes.size() - before).isBetween(1, 128);
      before = writes.size();
      ticks(1);
    }
    assertThat(writes).containsExactlyInAnyOrderElementsOf(keys);
  }

  /** Many that still change must not hide the others. */
  @Test
  void findsWhatRestsBehindWhatDoesNot() {
    Set<String> busy = new HashSet<>();
    for (var i = 0; i < 2_000; i++) {
      busy.add("busy " + i);
    }
    busy.forEach(this::change);
    change("calm");
    for (var i = 0; i < 3 * RESTS; i++) {
      busy.forEach(this::change);
      ticks(1);
    }
    assertThat(writes).containsExactly("calm");
  }

  @Test
  void boundsWhatACheckpointFinds() {
    for (var i = 0; i < ReplicaCache.MAX_CHANGED + 8; i++) {
      change("key " + i);
    }
    // The last one is still the current one.
    assertThat(writes).hasSize(7);

    cache.writeBack();
    assertThat(stored).hasSize(ReplicaCache.MAX_CHANGED + 8);
  }

  @Test
  void writesWhatHasToGo() {
    cache = cache(2);
    change("a");
    change("b");
    change("c");
    cache.enter("d");

    assertThat(stored).containsKey("a");
    cache.enter("a");
    assertThat(cache.current().head().get()).isEqualTo(stored.get("a"));
  }

  /** A hundred aggregates of a hundred kilobytes, and room for half a megabyte. */
  @Test
  void keepsNoMoreBytesThanItMayHold() {
    cache = cache(100_000, 500_000);
    for (var i = 0; i < 100; i++) {
      changeFolded("key " + i, 100_000);
    }
    cache.writeBackRested();

    assertThat(cache.bytes()).isBetween(300_000L, 500_000L);
    assertThat(cache.size()).isLessThanOrEqualTo(5);
    cache.writeBack();
    assertThat(folded).hasSize(100);
    for (var i = 0; i < 100; i++) {
      cache.enter("key " + i);
      assertThat(cache.current().folded().get()).isNotNull();
    }
    cache.writeBackRested();
    assertThat(cache.bytes()).as("also of what is only read").isBetween(300_000L, 500_000L);
  }

  /** Its next commit finds it there: read again each time, it would hold up all others. */
  @Test
  void keepsOneThatIsLargerThanItMayHoldUntilAnotherOneComes() {
    cache = cache(100_000, 500_000);
    changeFolded("small", 1_000);
    changeFolded("large", 900_000);
    cache.writeBackRested();
    assertThat(cache.size()).isEqualTo(1);
    assertThat(cache.bytes()).isGreaterThan(900_000);

    changeFolded("small", 1_000);
    cache.writeBackRested();
    assertThat(cache.size()).isEqualTo(1);
    assertThat(cache.bytes()).isLessThan(2_000);
    assertThat(folded).containsKey("large");
  }

  /** A commit comes again within moments: from the own log, or from another peer. */
  @Test
  void aPrintIsReadFromTheStateOnlyIfItWasWrittenBack() {
    change("a");
    cache.current().prints().put("7", "7:1234");
    cache.enter("b");
    cache.enter("a");
    assertThat(cache.current().prints().get("7")).isEqualTo("7:1234");
    assertThat(printReads).isZero();
    assertThat(prints).isEmpty();

    cache.writeBack();
    assertThat(prints).containsEntry("a/7", "7:1234");
    cache.enter("a");
    assertThat(cache.current().prints().get("7")).isEqualTo("7:1234");
    assertThat(printReads).isEqualTo(1);
  }

  @Test
  void printsStayWhenTheAggregateIsReadAgain() {
    change("a");
    cache.current().prints().put("7", "7:1234");
    cache.writeBack();

    cache.enter("a");
    cache.current().head().set(null);
    cache.writeBack();
    cache = cache(2);
    cache.enter("a");

    assertThat(cache.current().prints().get("7")).isEqualTo("7:1234");
  }

  /** What a busy aggregate remembers is on the heap until it is written, and no longer. */
  @Test
  void printsTakeNoPlaceOnceTheyAreWritten() {
    change("a");
    for (var n = 0; n < 64; n++) {
      cache.current().prints().put(Integer.toString(n), n + ":1234");
    }
    assertThat(cache.current().entries()).isGreaterThan(64);

    cache.writeBack();

    cache.enter("a");
    assertThat(cache.current().entries()).isLessThan(8);
  }

  private ReplicaCache cache(int aggregates) {
    return cache(aggregates, ReplicationOptions.DEFAULT_CACHED_BYTES);
  }

  private ReplicaCache cache(int aggregates, long bytes) {
    return new ReplicaCache(
        key -> currentKey = (String) key,
        key -> new LiveReplica(key, backings()),
        aggregates,
        bytes);
  }

  private void changeFolded(String key, int bytes) {
    change(key);
    var state = new EncodedMessage("Text", 1, new byte[bytes]);
    cache.current().folded().set(Snapshot.read(EventsBlob.encode(List.of(state))));
  }

  private void change(String key) {
    cache.enter(key);
    var head = cache.current().head().get();
    var before = head == null ? ReplicaHead.empty(Merging.FOLD) : head;
    cache.current().head().set(before.withCompactAt(before.compactAt() + 1));
  }

  private void ticks(int count) {
    for (var i = 0; i < count; i++) {
      cache.writeBackRested();
    }
  }

  private ReplicaState.Backings backings() {
    return new ReplicaState.Backings(
        new Heads(),
        new NoValue<>(),
        new States(),
        new GraphInState.Layout(new NoValue<>(), new NoMap<>(), new NoMap<>()),
        new NoMap<>(),
        new NoMap<>(),
        new NoMap<>(),
        new Prints());
  }

  private final class Prints implements CachedMap.Backing<String, String> {
    @Override
    public @Nullable String read(String slot) {
      printReads++;
      return prints.get(currentKey + "/" + slot);
    }

    @Override
    public void write(String slot, String print) {
      prints.put(currentKey + "/" + slot, print);
    }

    @Override
    public void remove(String slot) {
      throw new AssertionError("a print is replaced, and never removed");
    }

    @Override
    public void readAll(BiConsumer<String, String> action) {
      throw new AssertionError("one print is asked for, not all");
    }

    @Override
    public void clear() {
      throw new AssertionError("prints stay when the aggregate is read again");
    }
  }

  private final class Heads implements CachedValue.Backing<ReplicaHead> {
    @Override
    public @Nullable ReplicaHead read() {
      return stored.get(currentKey);
    }

    @Override
    public void write(@Nullable ReplicaHead value) {
      writes.add(currentKey);
      stored.put(currentKey, value);
    }
  }

  private final class States implements CachedValue.Backing<Snapshot<FoldedState>> {
    @Override
    public @Nullable Snapshot<FoldedState> read() {
      var blob = folded.get(currentKey);
      return blob == null ? null : Snapshot.read(blob);
    }

    @Override
    public void write(@Nullable Snapshot<FoldedState> value) {
      folded.put(currentKey, Objects.requireNonNull(value).toBlob());
    }
  }

  private record NoValue<V>() implements CachedValue.Backing<V> {
    @Override
    public @Nullable V read() {
      return null;
    }

    @Override
    public void write(@Nullable V value) {
      throw new AssertionError("only heads change here");
    }
  }

  private record NoMap<K, V>() implements CachedMap.Backing<K, V> {
    @Override
    public @Nullable V read(K key) {
      return null;
    }

    @Override
    public void write(K key, V value) {
      throw new AssertionError("only heads change here");
    }

    @Override
    public void remove(K key) {
      throw new AssertionError("only heads change here");
    }

    @Override
    public void readAll(BiConsumer<K, V> action) {}

    @Override
    public void clear() {}
  }
}
