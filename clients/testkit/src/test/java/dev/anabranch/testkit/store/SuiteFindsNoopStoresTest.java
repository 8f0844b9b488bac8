package dev.anabranch.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.RegionId;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.MissingRow;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A suite that a store passes which does nothing would show nothing: each of its tests must fail.
 */
class SuiteFindsNoopStoresTest {

  static Stream<Method> tests() {
    return Arrays.stream(EventStoreConformance.class.getMethods())
        .filter(method -> method.isAnnotationPresent(Test.class));
  }

  @ParameterizedTest
  @MethodSource("tests")
  void failsOnAStoreThatDoesNothing(Method test) throws Exception {
    var suite = new NoopSuite();
    suite.openSession();

    assertThat(failureOf(test, suite)).isInstanceOf(AssertionError.class);
  }

  @Test
  void isNotEmpty() {
    assertThat(tests()).hasSizeGreaterThan(20);
  }

  private static Throwable failureOf(Method test, NoopSuite suite) throws Exception {
    try {
      test.invoke(suite);
      return null;
    } catch (InvocationTargetException e) {
      return e.getCause();
    }
  }

  private static final class NoopSuite extends EventStoreConformance {
    @Override
    protected EventStore newStore() {
      return new NoopStore();
    }
  }

  private static final class NoopStore implements EventStore {
    @Override
    public StoreLayout layout() {
      return new StoreLayout(
          new RegionId("eu-west"), "none", 2, 1, List.of("db0"), new int[] {0, 0});
    }

    @Override
    public LogSession open(int database) {
      return new NoopSession();
    }

    @Override
    public LogSession reopen(int database, LogSession lost) {
      return new NoopSession();
    }

    @Override
    public void close() {}
  }

  private static final class NoopSession implements LogSession {
    @Override
    public AppendResult append(List<LogRow> rows) {
      return AppendResult.Appended.INSTANCE;
    }

    @Override
    public List<LogRow> read(int shard, long fromOffset, int maxRows) {
      return List.of();
    }

    @Override
    public Map<Integer, ShardHead> heads(Collection<Integer> shards) {
      return Map.of();
    }

    @Override
    public Map<LogPosition, ShardHead> marks(Collection<LogPosition> positions) {
      return Map.of();
    }

    @Override
    public List<LogRow> rows(Collection<LogPosition> positions) {
      return List.of();
    }

    @Override
    public List<LogRow> byCommand(Collection<CommandRef> commands) {
      return List.of();
    }

    @Override
    public List<LogRow> history(AggregateKey aggregate, long afterVersion, int maxRows) {
      return List.of();
    }

    @Override
    public Map<AggregateKey, List<LogRow>> histories(Collection<AggregateKey> aggregates) {
      return Map.of();
    }

    @Override
    public Map<AggregateKey, List<LogRow>> commits(Collection<AggregateKey> aggregates) {
      return Map.of();
    }

    @Override
    public Map<Integer, Long> published(Collection<Integer> shards) {
      return Map.of();
    }

    @Override
    public void recordPublished(Map<Integer, Long> nextOffsets) {}

    @Override
    public boolean hasParkedCommands() {
      return false;
    }

    @Override
    public void recordParked(int firstShard, int lastShard, Set<Integer> parked) {}

    @Override
    public Map<Integer, byte[]> takeAnswers(long writer, Collection<Integer> shards) {
      return Map.of();
    }

    @Override
    public boolean recordAnswered(long writer, Map<Integer, byte[]> marks) {
      return true;
    }

    @Override
    public Map<Integer, LogBookmark> bookmarks(Collection<Integer> shards) {
      return Map.of();
    }

    @Override
    public void recordBookmarks(Map<Integer, LogBookmark> bookmarks) {}

    @Override
    public List<AcceptedLoss> acceptedLosses() {
      return List.of();
    }

    @Override
    public void acceptLoss(AcceptedLoss loss) {}

    @Override
    public List<MissingRow> missing() {
      return List.of();
    }

    @Override
    public void recordMissing(MissingRow row) {}

    @Override
    public void ping() {}

    @Override
    public void close() {}
  }
}
