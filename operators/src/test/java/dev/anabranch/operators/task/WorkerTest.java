package dev.anabranch.operators.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A thread beside the task's: order, bounds, failure and end. */
class WorkerTest {

  private static final long PATIENCE_SECONDS = 30;

  private final LinkedBlockingQueue<TaskMailbox.Action> mails = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<String> done = new LinkedBlockingQueue<>();
  private final TaskMailbox mailbox = (description, action) -> mails.add(action);
  private Worker<String> worker = worker(3, Worker.IDLE_PING);

  @AfterEach
  void close() {
    worker.close();
  }

  @Test
  void requestsAreDoneInTheirOrderAlsoThoseFromBeforeTheStart() throws Exception {
    worker.submit("a");
    worker.submit("b");

    worker.start(done::add);
    worker.submit("c");

    assertThat(next() + next() + next()).isEqualTo("abc");
  }

  @Test
  void oneRequestMoreThanMayWaitIsRefused() {
    assertThat(worker.offer("a") && worker.offer("b") && worker.offer("c")).isTrue();

    assertThat(worker.offer("d")).isFalse();
    assertThatThrownBy(() -> worker.submit("d"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has 3 requests");
  }

  @Test
  void aRequestThatWaitsAlreadyIsNotMadeTwice() {
    worker.offerOnce("a");
    worker.offerOnce("a");

    assertThat(worker.next(any -> true)).isEqualTo("a");
    assertThat(worker.hasNext()).isFalse();
  }

  @Test
  void aRequestIsTakenOutOfTurnOnlyIfItIsOfThatKind() {
    worker.submit("a");

    assertThat(worker.next("b"::equals)).isNull();
    assertThat(worker.next("a"::equals)).isEqualTo("a");
  }

  @Test
  void whatTheWorkThrowsFailsTheTask() throws Exception {
    worker.start(
        new Worker.Work<>() {
          @Override
          public void perform(String request) {
            throw new IllegalArgumentException(request);
          }

          @Override
          public RuntimeException explain(RuntimeException e) {
            return new IllegalStateException("explained", e);
          }
        });

    worker.submit("bad");

    var mail = mails.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(mail).isNotNull();
    assertThatThrownBy(mail::run)
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("bad");
  }

  @Test
  void anErrorFailsTheTaskAsItIs() throws Exception {
    worker.start(
        request -> {
          throw new NoClassDefFoundError(request);
        });

    worker.submit("missing");

    var mail = mails.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(mail).isNotNull();
    assertThatThrownBy(mail::run).isInstanceOf(NoClassDefFoundError.class);
  }

  @Test
  void theEndOfTheTaskEndsAPauseAndFailsNothing() throws Exception {
    var paused = new CountDownLatch(1);
    worker.start(
        new Worker.Work<>() {
          @Override
          public void begin() throws InterruptedException {
            paused.countDown();
            worker.pause(Duration.ofDays(1).toNanos());
          }

          @Override
          public void perform(String request) {
            done.add(request);
          }

          @Override
          public void abandon() {
            done.add("abandoned");
          }

          @Override
          public void close() {
            done.add("closed");
          }
        });
    assertThat(paused.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

    worker.close();

    assertThat(next()).isEqualTo("abandoned");
    assertThat(next()).isEqualTo("closed");
    assertThat(mails).isEmpty();
  }

  @Test
  void withoutRequestsTheWorkIsCalledAfterEachInterval() throws Exception {
    worker = worker(0, Duration.ofMillis(1));
    worker.start(
        new Worker.Work<>() {
          @Override
          public void perform(String request) {}

          @Override
          public void idle() {
            done.add("idle");
          }
        });

    assertThat(next() + next() + next()).isEqualTo("idleidleidle");
  }

  @Test
  void whatEndedDoesNoFurtherRequest() throws Exception {
    var closed = new CountDownLatch(1);
    worker.submit("last");
    worker.submit("too late");
    worker.start(
        new Worker.Work<>() {
          @Override
          public void perform(String request) {
            done.add(request);
            worker.end();
          }

          @Override
          public void close() {
            closed.countDown();
          }
        });

    assertThat(closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(done).containsExactly("last");
  }

  /** As many as a region may have lanes; each of their threads hangs for ever. */
  @Test
  void sixtyFourThatHangAreAllToldFirstAndWaitedForNoLongerThanOne() {
    var hanging = new HangingThreads();
    var lanes = new ArrayList<Worker<String>>();
    for (var i = 0; i < 64; i++) {
      var lane = new Worker<String>("lane-" + i, hanging, mailbox, Worker.Settings.unbounded());
      lane.start(done::add);
      lanes.add(lane);
    }

    Worker.closeAll(lanes);

    assertThat(hanging.interruptedAtFirstJoin).isEqualTo(64);
    assertThat(hanging.joins).isEqualTo(64);
    assertThat(Duration.ofNanos(hanging.nanos))
        .isBetween(Worker.CLOSE_TIMEOUT, Worker.CLOSE_TIMEOUT.plusMillis(1));
  }

  /** Threads that never end, and a time that passes only while somebody waits for one of them. */
  private static final class HangingThreads implements TaskThreads {
    private static final long serialVersionUID = 1L;

    private long nanos;
    private int interrupted;
    private int joins;
    private int interruptedAtFirstJoin = -1;

    @Override
    public Running start(String name, Runnable body) {
      return new Running() {
        @Override
        public void interrupt() {
          interrupted++;
        }

        @Override
        public void join(long most) {
          joins++;
          interruptedAtFirstJoin =
              interruptedAtFirstJoin < 0 ? interrupted : interruptedAtFirstJoin;
          nanos += most;
        }
      };
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
      return TaskThreads.REAL.signal();
    }
  }

  private Worker<String> worker(int capacity, Duration idle) {
    return new Worker<>("test", TaskThreads.REAL, mailbox, new Worker.Settings(capacity, idle));
  }

  private String next() throws InterruptedException {
    return String.valueOf(done.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }
}
