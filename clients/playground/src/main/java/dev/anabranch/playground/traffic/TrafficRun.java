package dev.anabranch.playground.traffic;

import dev.anabranch.cli.send.Pacer;
import dev.anabranch.cli.send.SendRun;
import dev.anabranch.cli.send.SendSummary;
import dev.anabranch.cli.send.Sender;
import dev.anabranch.client.Command;
import dev.anabranch.model.message.CommandReply;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Sends the bank's traffic from a thread of its own until it is stopped: first slowly, until the
 * JVM has compiled what answers take, then as fast as answers come soon, up to the rate that was
 * asked for. The summary counts from then on; the ledger has everything.
 *
 * <p><b>Threads.</b> Started, read and stopped by one; answers come from others.
 */
public final class TrafficRun implements SendRun.Listener {

  /** A machine on which answers never come soon is measured as it is. */
  private static final Duration WARM_UP_MAX = Duration.ofSeconds(20);

  private static final long SEED = 42;
  private static final int DIGITS = 2;
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Sender sender;
  private final SendRun warmUp;
  private final Ledger ledger;
  private final ReplyTimes times;
  private final Climb climb;
  private final Recorder forClimb = new Recorder(DIGITS);
  private final Recorder forStatus = new Recorder(DIGITS);
  private final CountDownLatch warm = new CountDownLatch(1);
  private final Thread thread;
  private volatile int perSecond;
  private volatile @Nullable SendRun warmRun;
  private volatile boolean stopping;
  private volatile @Nullable String lastFailure;

  public TrafficRun(Sender sender, Ledger ledger, ReplyTimes times, int rate) {
    this.sender = sender;
    this.ledger = ledger;
    this.times = times;
    this.climb = new Climb(rate);
    this.perSecond = climb.perSecond();
    this.warmUp = new SendRun(sender, this);
    this.thread = new Thread(this::send, "demo-traffic");
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  /** Returns when answers come soon, or when there was time enough for that. */
  public void awaitWarm() throws InterruptedException {
    warm.await();
  }

  public boolean isWarm() {
    return warmRun != null;
  }

  /** Commands per second that are sent at the moment. */
  public int perSecond() {
    return perSecond;
  }

  /** Counts from the end of the warm-up on. */
  public SendSummary summary() {
    return current().summary();
  }

  /** Latencies in microseconds of the answers that have come since the last call. */
  public Histogram newLatencies() {
    return forStatus.getIntervalHistogram();
  }

  /** Sends no more, and returns when everything is answered. */
  public SendSummary stop() throws InterruptedException {
    stopping = true;
    thread.join();
    warmUp.await();
    return current().await();
  }

  /** Whether every command, also those of the warm-up, was answered. */
  public boolean isComplete() {
    return warmUp.summary().isComplete() && current().summary().isComplete();
  }

  /** What went wrong last; null if every command was answered. */
  @Nullable
  public String lastFailure() {
    return lastFailure;
  }

  @Override
  public void replied(Command command, CommandReply reply, long sentNanos) {
    var micros = Math.max(0, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sentNanos));
    forClimb.recordValue(micros);
    forStatus.recordValue(micros);
    ledger.replied(command, reply);
    times.replied(reply, sentNanos);
  }

  @Override
  public void failed(String where, String problem, @Nullable Command unanswered) {
    lastFailure = where + ": " + problem;
    if (unanswered != null) {
      ledger.unanswered(unanswered.aggregate());
    }
  }

  private SendRun current() {
    var run = warmRun;
    return run == null ? warmUp : run;
  }

  private void send() {
    var traffic = new BankTraffic(SEED);
    var pacer = new Pacer(perSecond);
    var begun = System.nanoTime();
    var intervalBegun = begun;
    while (!stopping) {
      current().command(traffic.next());
      pacer.await();
      var now = System.nanoTime();
      if (now - intervalBegun >= INTERVAL_NANOS) {
        intervalBegun = now;
        var answers = forClimb.getIntervalHistogram();
        climb.interval(answers.getTotalCount(), answers.getValueAtPercentile(50));
        if (climb.perSecond() != perSecond) {
          perSecond = climb.perSecond();
          pacer = new Pacer(perSecond);
        }
        if (!isWarm() && (climb.isWarm() || now - begun > WARM_UP_MAX.toNanos())) {
          warmRun = new SendRun(sender, this); // which also counts its time
          warm.countDown();
        }
      }
    }
    warm.countDown();
  }
}
