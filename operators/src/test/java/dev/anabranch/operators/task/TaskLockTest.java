package dev.anabranch.operators.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A lock among threads beside a task. */
class TaskLockTest {

  private static final long PATIENCE_SECONDS = 30;

  private final TaskLock lock = new TaskLock(TaskThreads.REAL);
  private final LinkedBlockingQueue<String> done = new LinkedBlockingQueue<>();

  @Test
  void oneAtATimeHasItAndEachWhoWaitsGetsIt() throws Exception {
    lock.lock();
    var threads = new ArrayList<TaskThreads.Running>();
    var inside = new int[1];
    for (var name : List.of("a", "b", "c")) {
      threads.add(
          TaskThreads.REAL.start(
              name,
              () -> {
                try {
                  lock.lock();
                  try {
                    inside[0]++;
                    done.add(name + inside[0]);
                    inside[0]--;
                  } finally {
                    lock.unlock();
                  }
                } catch (InterruptedException e) {
                  done.add("interrupted");
                }
              }));
    }
    assertThat(done).isEmpty();

    lock.unlock();

    var names = new ArrayList<String>();
    for (var i = 0; i < 3; i++) {
      names.add(done.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
    assertThat(names).containsExactlyInAnyOrder("a1", "b1", "c1");
  }

  @Test
  void oneThatIsInterruptedWaitsNoMoreAndLeavesItToTheOthers() throws Exception {
    lock.lock();
    var first =
        TaskThreads.REAL.start(
            "first",
            () -> {
              try {
                lock.lock();
                done.add("locked");
              } catch (InterruptedException e) {
                done.add("interrupted");
              }
            });

    first.interrupt();

    assertThat(done.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("interrupted");
    lock.unlock();
    lock.lock();
  }
}
