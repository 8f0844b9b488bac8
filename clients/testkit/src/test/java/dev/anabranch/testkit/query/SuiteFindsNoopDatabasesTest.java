package dev.anabranch.testkit.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.query.ApplyResult;
import dev.anabranch.query.LostRow;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.ParkedRow;
import dev.anabranch.query.QueryBatch;
import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.VersionInfo;
import dev.anabranch.query.ViewLog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A suite that a database passes which does nothing would show nothing: each test must fail. */
class SuiteFindsNoopDatabasesTest {

  static Stream<Method> tests() {
    return Arrays.stream(QueryDatabaseConformance.class.getMethods())
        .filter(method -> method.isAnnotationPresent(Test.class));
  }

  @ParameterizedTest
  @MethodSource("tests")
  void failsOnADatabaseThatDoesNothing(Method test) throws Exception {
    var suite = new NoopSuite();
    suite.openSession();

    assertThat(failureOf(test, suite)).isInstanceOf(AssertionError.class);
  }

  @Test
  void isNotEmpty() {
    assertThat(tests()).hasSizeGreaterThan(12);
  }

  private static @Nullable Throwable failureOf(Method test, NoopSuite suite) throws Exception {
    try {
      test.invoke(suite);
      return null;
    } catch (InvocationTargetException e) {
      return e.getCause();
    }
  }

  private static final class NoopSuite extends QueryDatabaseConformance {
    @Override
    protected QueryDatabase newDatabase() {
      return new NoopDatabase();
    }

    @Override
    protected @Nullable Map<String, @Nullable Object> row(
        VersionId version, QueryTable table, Object... key) {
      return null;
    }

    @Override
    protected void request(
        VersionId version, AggregateKey aggregate, ParkedRequest.Action action) {}

    @Override
    protected void drop(VersionId version) {}

    @Override
    protected VersionId begin() {
      return new VersionId("conformance", 2);
    }
  }

  private static final class NoopDatabase implements QueryDatabase {
    @Override
    public QuerySession open() {
      return new NoopSession();
    }

    @Override
    public QuerySession reopen(QuerySession lost) {
      return new NoopSession();
    }

    @Override
    public void close() {}
  }

  private static final class NoopSession implements QuerySession {
    @Override
    public List<VersionInfo> versions() {
      return List.of();
    }

    @Override
    public Optional<Map<Integer, Long>> claim(
        VersionId version, Collection<Integer> shards, long writer) {
      return Optional.of(Map.of());
    }

    @Override
    public Optional<Map<Integer, Long>> positions(VersionId version, Collection<Integer> shards) {
      return Optional.of(Map.of());
    }

    @Override
    public Map<Integer, ViewLog.Origin> topics(VersionId version, Collection<Integer> partitions) {
      return Map.of();
    }

    @Override
    public boolean follow(VersionId version, long writer, Map<Integer, ViewLog.Position> from) {
      return true;
    }

    @Override
    public ApplyResult apply(QueryBatch batch) {
      return ApplyResult.Applied.INSTANCE;
    }

    @Override
    public Map<AggregateKey, VectorTime> shownViews(
        VersionId version, Collection<AggregateKey> aggregates) {
      return Map.of();
    }

    @Override
    public Map<AggregateKey, Integer> parked(VersionId version, Collection<Integer> shards) {
      return Map.of();
    }

    @Override
    public List<ParkedRow> parkedRows(VersionId version, int shard, AggregateKey aggregate) {
      return List.of();
    }

    @Override
    public List<ParkedRequest> interrupted(VersionId version, Collection<Integer> shards) {
      return List.of();
    }

    @Override
    public List<ParkedRequest> requests() {
      return List.of();
    }

    @Override
    public Map<Integer, Long> clocks(VersionId version, Collection<Integer> shards) {
      return Map.of();
    }

    @Override
    public List<LostRow> lostRows(VersionId version, Collection<Integer> shards) {
      return List.of();
    }

    @Override
    public boolean recordLost(VersionId version, LostRow row) {
      return true;
    }

    @Override
    public void forgetLost(VersionId version, int shard) {}

    @Override
    public void ping() {}

    @Override
    public void close() {}
  }
}
