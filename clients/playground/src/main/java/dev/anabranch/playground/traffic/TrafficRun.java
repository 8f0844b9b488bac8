package dev.anabranch.playground.traffic;

import dev.anabranch.cli.send.Pacer;
import dev.anabranch.cli.send.SendRun;
import dev.anabranch.cli.send.SendSummary;
import dev.anabranch.cli.send.Sender;
import dev.anabranch.client.Command;
import dev.anabranch.model.CommandReply;
import org.jspecify.annotations.Nullable;

/** Sends the bank's traffic from a thread of its own until it is stopped. */
public final class TrafficRun implements SendRun.Listener {

  private static final long SEED = 42;

  private final SendRun run;
  private final Ledger ledger;
  private final ReplyTimes times;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile @Nullable String lastFailure;

  public TrafficRun(Sender sender, Ledger ledger, ReplyTimes times, int rate) {
    this.ledger = ledger;
    this.times = times;
    this.run = new SendRun(sender, this);
    this.thread = new Thread(() -> send(rate), "demo-traffic");
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  public SendSummary summary() {
    return run.summary();
  }

  /** Sends no more, and returns when everything is answered. */
  public SendSummary stop() throws InterruptedException {
    stopping = true;
    thread.join();
    return run.await();
  }

  /** Null: every command was answered. */
  @Nullable
  public String lastFailure() {
    return lastFailure;
  }

  @Override
  public void replied(Command command, CommandReply reply, long sentNanos) {
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

  private void send(int rate) {
    var traffic = new BankTraffic(SEED);
    var pacer = new Pacer(rate);
    while (!stopping) {
      run.command(traffic.next());
      pacer.await();
    }
  }
}
