package dev.anabranch.operators.command.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.operators.command.OperatorHarness;
import dev.anabranch.operators.command.lane.TestStore;
import dev.anabranch.operators.task.ReadAhead;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoreUnavailableException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A history of commits of a megabyte, of which the last but one has the earliest time. */
class HistoryPagesTest {

  private static final AggregateKey KEY = new AggregateKey("Set", "1");
  private static final int SHARD = Shards.shardOf(KEY.toString(), OperatorHarness.SHARDS);
  private static final int DATABASE = SHARD * 2 / OperatorHarness.SHARDS;
  private static final int MEGABYTE = 1 << 20;
  private static final int COMMITS = 20;
  private static final long ROOM = 1 << 20;

  private final TestStore store = new TestStore();
  private LogSession session;

  @BeforeEach
  void fill() {
    session = store.openSession(DATABASE);
    var large = new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, new byte[MEGABYTE]);
    var none = new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY);
    append(0, RowKind.TOMBSTONE, 0, 2, 20, none);
    for (var n = 1; n <= COMMITS; n++) {
      var hlc = n == COMMITS - 1 ? 1 : 10L * n;
      append(n, RowKind.COMMIT, n, n, hlc, large);
    }
  }

  @AfterEach
  void stop() {
    session.close();
    store.close();
  }

  @Test
  void pagesAreBoundedInEachOrder() {
    assertThat(dots(HistoryPages.Order.VERSIONS)).hasSize(COMMITS).isSorted();
    assertThat(dots(HistoryPages.Order.LOG)).hasSize(COMMITS + 1).startsWith(2L, 1L, 2L, 3L);
    assertThat(dots(HistoryPages.Order.TIME))
        .hasSize(COMMITS)
        .startsWith(COMMITS - 1L, 1L, 2L)
        .endsWith(COMMITS - 2L, (long) COMMITS);
  }

  /** Each region has its own order in its log. */
  @Test
  void commitsOfOneTimeComeInTheOrderOfTheirDots() {
    var none = new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY);
    append(COMMITS + 1, RowKind.COMMIT, COMMITS + 1, new Dot(new RegionId("c"), 1), 500, none);
    append(COMMITS + 2, RowKind.COMMIT, COMMITS + 2, new Dot(new RegionId("a"), 2), 500, none);
    append(COMMITS + 3, RowKind.COMMIT, COMMITS + 3, new Dot(new RegionId("b"), 3), 500, none);

    assertThat(dots(HistoryPages.Order.TIME)).endsWith((long) COMMITS, 2L, 3L, 1L);
  }

  /** Each page is asked for on a connection that ends once, before and while places are read. */
  @Test
  void aPageThatWasNotReadIsReadAgain() {
    for (var order : HistoryPages.Order.values()) {
      var pages = new HistoryPages(KEY, order, ROOM);
      var dots = new ArrayList<Long>();
      List<LogRow> page;
      do {
        // In the order of time the end is known without asking.
        if (order != HistoryPages.Order.TIME || dots.size() < COMMITS) {
          store.database(DATABASE).setDown(true);
          assertThatThrownBy(() -> pages.next(session))
              .isInstanceOf(StoreUnavailableException.class);
          store.database(DATABASE).setDown(false);
          session = store.openSession(DATABASE);
        }
        page = pages.next(session);
        page.forEach(row -> dots.add(row.outcome().dot().n()));
      } while (!page.isEmpty());
      assertThat(dots).isEqualTo(dots(order));
    }
  }

  /** A lane that begins anew each time would never come to the end, nor append. */
  @Test
  void placesAreReadOnWhereALostConnectionEndedTheReading() {
    var calls = new AtomicInteger();
    var weak =
        (LogSession)
            Proxy.newProxyInstance(
                LogSession.class.getClassLoader(),
                new Class<?>[] {LogSession.class},
                (self, method, args) -> {
                  if (calls.incrementAndGet() % 3 == 0) {
                    throw new StoreUnavailableException("lost", null);
                  }
                  return method.invoke(session, args);
                });
    var pages = new HistoryPages(KEY, HistoryPages.Order.TIME, ROOM);
    var dots = new ArrayList<Long>();
    for (var tries = 0; tries < 30 && dots.size() < COMMITS; tries++) {
      try {
        pages.next(weak).forEach(row -> dots.add(row.outcome().dot().n()));
      } catch (StoreUnavailableException e) {
        // Again, as a lane does.
      }
    }
    assertThat(dots).isEqualTo(dots(HistoryPages.Order.TIME));
  }

  @Test
  void tooManyPlacesAreSaidToBeTooMany() {
    var pages = new HistoryPages(KEY, HistoryPages.Order.TIME, 10 * 256);
    assertThat(pages.next(session)).isEmpty();
    assertThat(pages.isTooLarge()).isTrue();
  }

  private List<Long> dots(HistoryPages.Order order) {
    var dots = new ArrayList<Long>();
    var pages = new HistoryPages(KEY, order, ROOM);
    forEachPage(
        pages,
        page -> {
          var bytes = 0L;
          for (var row : page) {
            bytes += row.outcome().blobs().size();
            dots.add(row.outcome().dot().n());
          }
          assertThat(bytes).isLessThanOrEqualTo(ReadAhead.PAGE_BYTES);
        });
    assertThat(pages.isTooLarge()).isFalse();
    return dots;
  }

  private void forEachPage(HistoryPages pages, Consumer<List<LogRow>> action) {
    for (var page = pages.next(session); !page.isEmpty(); page = pages.next(session)) {
      action.accept(page);
    }
  }

  private void append(int offset, RowKind kind, int version, int n, long hlc, Blobs blobs) {
    append(offset, kind, version, new Dot(new RegionId("b"), n), hlc, blobs);
  }

  private void append(int offset, RowKind kind, int version, Dot dot, long hlc, Blobs blobs) {
    var outcome =
        new Outcome(
            kind,
            KEY,
            version == 0 ? Outcome.NO_VERSION : version,
            version == 0 ? null : "c" + version,
            "",
            dot,
            new Stamp(1, hlc, 1),
            blobs);
    assertThat(session.append(List.of(outcome.at(SHARD, offset))))
        .isInstanceOf(AppendResult.Appended.class);
  }
}
