package dev.anabranch.cli.demo;

import dev.anabranch.cli.send.SendSummary;
import dev.anabranch.cli.text.SummaryText;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Shows every other second how the region is doing. */
final class LiveStatus implements AutoCloseable {

  private static final Duration ON_TERMINAL = Duration.ofMillis(500);
  private static final Duration IN_LOG = Duration.ofSeconds(2);

  private final DemoScreen screen;
  private final TrafficRun traffic;
  private final DemoJob job;
  private final EventStore store;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "demo-status");
            thread.setDaemon(true);
            return thread;
          });
  private long lastSent;
  private long lastNanos = System.nanoTime();

  LiveStatus(DemoScreen screen, TrafficRun traffic, DemoJob job, EventStore store) {
    this.screen = screen;
    this.traffic = traffic;
    this.job = job;
    this.store = store;
  }

  void start() {
    var period = (screen.style().ansi() ? ON_TERMINAL : IN_LOG).toMillis();
    var unused = timer.scheduleAtFixedRate(this::show, period, period, TimeUnit.MILLISECONDS);
  }

  /** A status that can't be had must not end the statuses. */
  private void show() {
    try {
      screen.status(text(traffic.summary()));
    } catch (RuntimeException e) {
      screen.status("(no status: " + e.getMessage() + ")");
    }
  }

  private String text(SendSummary summary) {
    var now = System.nanoTime();
    var answers = summary.accepted() + summary.rejected() + summary.unchanged();
    var rate = (answers - lastSent) * 1e9 / Math.max(1, now - lastNanos);
    lastSent = answers;
    lastNanos = now;
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%,4.0f/s  accepted %,d  rejected %,d  repeats %,d",
            rate,
            summary.accepted(),
            summary.rejected(),
            summary.repeated()));
    if (summary.errors() > 0) {
      text.append(String.format(Locale.ROOT, "  errors %,d", summary.errors()));
    }
    text.append("  p50 ").append(SummaryText.millis(summary.p50Micros()));
    text.append(" p99 ").append(SummaryText.millis(summary.p99Micros()));
    text.append("  rows");
    for (var i = 0; i < store.layout().databases().size(); i++) {
      text.append(' ').append(store.layout().databases().get(i)).append(' ').append(rows(i));
    }
    job.lastCheckpoint()
        .ifPresent(
            checkpoint ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "  checkpoint %d (%d ms)",
                        checkpoint.getCheckpointId(),
                        checkpoint.getEndToEndDuration())));
    return text.toString();
  }

  private String rows(int database) {
    var shards =
        IntStream.range(0, store.layout().shardCount())
            .filter(shard -> store.layout().databaseOf(shard) == database)
            .boxed()
            .toList();
    try (var session = store.open(database)) {
      var rows = session.heads(shards).values().stream().mapToLong(head -> head.offset() + 1).sum();
      return String.format(Locale.ROOT, "%,d", rows);
    } catch (StoreUnavailableException e) {
      return "DOWN";
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
