package dev.anabranch.playground.demo;

import dev.anabranch.cli.send.SendSummary;
import dev.anabranch.cli.text.SummaryText;
import dev.anabranch.playground.traffic.TrafficRun;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Shows every other second how the first region is doing, and how the others follow. */
final class LiveStatus implements AutoCloseable {

  private static final Duration ON_TERMINAL = Duration.ofMillis(500);
  private static final Duration IN_LOG = Duration.ofSeconds(2);

  private final DemoScreen screen;
  private final TrafficRun traffic;
  private final DemoJob job;
  private final EventStore store;
  private final List<DemoRegion> others;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "demo-status");
            thread.setDaemon(true);
            return thread;
          });
  private boolean wasWarm;
  private long lastSent;
  private long lastNanos = System.nanoTime();

  LiveStatus(DemoScreen screen, TrafficRun traffic, DemoRegions regions) {
    this.screen = screen;
    this.traffic = traffic;
    this.job = regions.first().job();
    this.store = regions.first().store();
    this.others = regions.all().subList(1, regions.all().size());
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
      if (!timer.isShutdown()) {
        screen.status("(no status: " + e.getMessage() + ")");
      }
    }
  }

  private String text(SendSummary summary) {
    var now = System.nanoTime();
    var answers = summary.accepted() + summary.rejected() + summary.unchanged();
    if (traffic.isWarm() && !wasWarm) {
      wasWarm = true;
      lastSent = 0; // the summary begins anew
    }
    var rate = Math.max(0, answers - lastSent) * 1e9 / Math.max(1, now - lastNanos);
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
    var latencies = traffic.newLatencies();
    if (!traffic.isWarm()) {
      text.append("  warming up: the JVM compiles, ")
          .append(traffic.perSecond())
          .append("/s are sent");
    } else if (latencies.getTotalCount() > 0) {
      text.append("  p50 ").append(SummaryText.millis(latencies.getValueAtPercentile(50)));
      text.append(" p99 ").append(SummaryText.millis(latencies.getValueAtPercentile(99)));
    }
    text.append("  rows");
    for (var i = 0; i < store.layout().databases().size(); i++) {
      text.append(' ').append(store.layout().databases().get(i)).append(' ').append(rows(store, i));
    }
    for (var region : others) {
      text.append("  in ").append(region.name()).append(' ').append(rows(region.store(), 0));
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

  private static String rows(EventStore store, int database) {
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
