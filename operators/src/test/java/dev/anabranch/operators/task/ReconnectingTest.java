package dev.anabranch.operators.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A session that comes back, on a clock that jumps over every wait. */
class ReconnectingTest {

  private final List<Session> opened = new ArrayList<>();
  private final List<@Nullable Session> lost = new ArrayList<>();
  private final JumpingThreads threads = new JumpingThreads();
  private final Reconnecting<Session> sessions =
      new Reconnecting<>(
          "the database",
          threads,
          before -> {
            lost.add(before);
            opened.add(new Session());
            return opened.get(opened.size() - 1);
          });

  @Test
  void aCallIsRepeatedOnNewSessionsUntilItIsServed() throws Exception {
    var calls = new AtomicInteger();

    var result =
        sessions.call(
            session -> {
              if (calls.incrementAndGet() < 4) {
                throw new StoreUnavailableException("away", null);
              }
              return "served";
            });

    assertThat(result).isEqualTo("served");
    assertThat(opened).hasSize(4);
    assertThat(opened.subList(0, 3)).allMatch(Session::isClosed);
    assertThat(lost).containsExactly(null, opened.get(0), opened.get(1), opened.get(2));
    assertThat(threads.waits).containsExactly(50L, 100L, 200L);
    assertThat(sessions.isDown()).isFalse();
    assertThat(sessions.downNanos()).isZero();
  }

  /** An error that a server gives each time, and that nobody knows, looks like any outage. */
  @Test
  void anOutageThatLastsForFiveMinutesIsAnAlarmUntilItEnds() throws Exception {
    var alarmedAfter = new ArrayList<Long>();

    sessions.call(
        session -> {
          if (sessions.isDownLong()) {
            alarmedAfter.add(sessions.downNanos());
          }
          if (alarmedAfter.size() < 3) {
            throw new StoreUnavailableException("error 9999", null);
          }
          return "served";
        });

    // Within the longest wait between two calls.
    assertThat(Duration.ofNanos(alarmedAfter.get(0)))
        .isBetween(Reconnecting.ALARM_AFTER, Reconnecting.ALARM_AFTER.plusSeconds(2));
    assertThat(sessions.isDownLong()).isFalse();
  }

  @Test
  void waitsDoubleToTwoSecondsAndBeginAnewOnceServed() throws Exception {
    for (var round = 0; round < 2; round++) {
      threads.waits.clear();
      var calls = new AtomicInteger();
      sessions.call(
          session -> {
            if (calls.incrementAndGet() < 9) {
              throw new StoreUnavailableException("away", null);
            }
            return "served";
          });
      assertThat(threads.waits).containsExactly(50L, 100L, 200L, 400L, 800L, 1600L, 2000L, 2000L);
    }
  }

  @Test
  void whatIsNoOutagePassesAndKeepsTheSession() {
    assertThatThrownBy(
            () ->
                sessions.call(
                    session -> {
                      throw new IllegalStateException("wrong");
                    }))
        .hasMessage("wrong");
    assertThat(opened).hasSize(1);
    assertThat(opened.get(0).isClosed()).isFalse();
  }

  @Test
  void noLaterCallUsesASessionThatWasFoundWanting() {
    var wanting =
        new Reconnecting<>(
            "the database",
            threads,
            new Reconnecting.Opener<Session>() {
              @Override
              public Session open(@Nullable Session before) {
                opened.add(new Session());
                return opened.get(opened.size() - 1);
              }

              @Override
              public void opened(Session session) {
                throw new IllegalStateException("lacks rows");
              }
            });

    for (var i = 1; i <= 2; i++) {
      assertThatThrownBy(() -> wanting.call(session -> "never")).hasMessage("lacks rows");
      assertThat(opened).hasSize(i).allMatch(Session::isClosed);
    }
  }

  @Test
  void aRestingSessionIsPingedAndOneThatNobodyNeededIsNotOpened() throws Exception {
    sessions.keepOpen(session -> {});
    assertThat(opened).isEmpty();

    sessions.call(session -> "served");
    sessions.keepOpen(
        session -> {
          throw new StoreUnavailableException("ended by the server", null);
        });
    assertThat(sessions.isDown()).isTrue();

    sessions.keepOpen(session -> {});
    assertThat(opened).hasSize(2);
    assertThat(sessions.isDown()).isFalse();
  }

  @Test
  void nothingIsCalledAfterTheEnd() throws Exception {
    sessions.call(session -> "served");

    sessions.abandon();

    assertThat(opened.get(0).isClosed()).isTrue();
    assertThatThrownBy(() -> sessions.call(session -> "never"))
        .isInstanceOf(InterruptedException.class);
  }

  /** The server takes its time to let somebody in, and the task ends meanwhile. */
  @Test
  void aSessionThatOpensAfterTheEndIsClosedAndNotCalled() {
    var late = new AtomicReference<Reconnecting<Session>>();
    late.set(
        new Reconnecting<>(
            "the database",
            threads,
            before -> {
              late.get().abandon();
              opened.add(new Session());
              return opened.get(0);
            }));

    assertThatThrownBy(() -> late.get().call(session -> "never"))
        .isInstanceOf(InterruptedException.class);
    assertThat(opened).hasSize(1).allMatch(Session::isClosed);
  }

  private static final class Session implements AutoCloseable {
    private boolean closed;

    boolean isClosed() {
      return closed;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** Nobody waits: time passes at once. */
  private static final class JumpingThreads implements TaskThreads {
    private static final long serialVersionUID = 1L;
    private final transient List<Long> waits = new ArrayList<>();
    private long nanos;

    @Override
    public Running start(String name, Runnable body) {
      throw new UnsupportedOperationException("the test's own thread is enough");
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public long nowMicros() {
      return nanos / 1_000;
    }

    @Override
    public long newId() {
      return 1;
    }

    @Override
    public Signal signal() {
      return new Signal() {
        @Override
        public void await(long wait) {
          waits.add(wait / 1_000_000);
          nanos += wait;
        }

        @Override
        public void raise() {}
      };
    }
  }
}
