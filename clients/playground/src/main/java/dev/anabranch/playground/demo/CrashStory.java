package dev.anabranch.playground.demo;

import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.playground.traffic.Pause;
import dev.anabranch.playground.traffic.ReplyTimes;
import java.time.Duration;
import java.util.Locale;

/**
 * Breaks parts of the region while commands come in, and measures how long it takes until commands
 * sent after the crash are answered.
 */
final class CrashStory {

  private static final Duration RECOVERY_TIMEOUT = Duration.ofSeconds(90);
  private static final long DATABASE_DOWN_MILLIS = 1_000;

  private final DemoScreen screen;
  private final ReplyTimes replies;

  CrashStory(DemoScreen screen, ReplyTimes replies) {
    this.screen = screen;
    this.replies = replies;
  }

  /** Everything that the job has not checkpointed is gone. */
  void killTaskManager(DemoJob job) throws Exception {
    screen.line("");
    screen.step("CRASH: the task manager is killed, with all its state in memory");
    var crash = System.nanoTime();
    job.killTaskManager();
    job.startTaskManager();
    Pause.until("commands are answered again", RECOVERY_TIMEOUT, () -> haveAllAnsweredSince(crash));
    screen.step("recovered: a command sent after the crash was answered %s after it", since(crash));
  }

  /** kill -9: what was committed is durable, connections and running statements are lost. */
  void killDatabase(String name, EmbeddedDatabase database, String other) {
    screen.line("");
    screen.step("CRASH: kill -9 %d, the server of database %s", database.pid(), name);
    var repliesBefore = replies.replies(other);
    var crash = System.nanoTime();
    database.kill();
    Pause.millis(DATABASE_DOWN_MILLIS);
    database.restart();
    screen.step(
        "database %s was started again after %s (process %d)", name, since(crash), database.pid());
    Pause.until("commands are answered again", RECOVERY_TIMEOUT, () -> haveAllAnsweredSince(crash));
    screen.step(
        "recovered: a command for %s sent after the crash was answered %s after it; meanwhile %s"
            + " answered %,d",
        name, since(crash), other, replies.replies(other) - repliesBefore);
  }

  private boolean haveAllAnsweredSince(long nanos) {
    return replies.haveAllAnsweredSince(nanos);
  }

  private static String since(long nanos) {
    return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - nanos) / 1e9);
  }
}
