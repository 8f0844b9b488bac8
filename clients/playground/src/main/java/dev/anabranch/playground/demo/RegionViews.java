package dev.anabranch.playground.demo;

import dev.anabranch.cli.text.Payload;
import dev.anabranch.connectors.kafka.reader.ViewTopicReader;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.VersionState;
import dev.anabranch.playground.traffic.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** How each region sees some aggregates: the latest of its topic of views. */
final class RegionViews {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long PAUSE_MILLIS = 300;

  private final DemoScreen screen;
  private final List<DemoRegion> regions;
  private final List<AggregateKey> keys;
  private Map<String, Map<AggregateKey, AggregateView>> views = new LinkedHashMap<>();

  RegionViews(DemoScreen screen, List<DemoRegion> regions, List<AggregateKey> keys) {
    this.screen = screen;
    this.regions = regions;
    this.keys = keys;
  }

  /** The latest view that was read. */
  AggregateView of(String region, AggregateKey key) {
    var found = views.getOrDefault(region, Map.of()).get(key);
    if (found == null) {
      throw new IllegalStateException("region " + region + " shows nothing of " + key);
    }
    return found;
  }

  /** How every region shows it. */
  List<AggregateView> all(AggregateKey key) {
    return regions.stream().map(region -> of(region.name(), key)).toList();
  }

  /**
   * Waits until all regions show the same, and it is as expected.
   *
   * @return after how many seconds
   */
  double awaitAgreement(String what, Predicate<RegionViews> expected) {
    return await(what, () -> agree() && expected.test(this));
  }

  /** Waits until every region shows the aggregates, whatever each of them shows. */
  double await(String what, BooleanSupplier condition) {
    var start = System.nanoTime();
    while (true) {
      read();
      if (isComplete() && condition.getAsBoolean()) {
        return (System.nanoTime() - start) / 1e9;
      }
      screen.status("waiting until " + what + ": " + progress());
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            "waited " + PATIENCE.toSeconds() + " s in vain until " + what + ": " + progress());
      }
      Pause.millis(PAUSE_MILLIS);
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while waiting until " + what);
      }
    }
  }

  /** The state, or those of the versions between which somebody has to choose. */
  static String text(AggregateView view) {
    var state = view.state();
    if (state != null) {
      return Payload.text(state.data());
    }
    var versions =
        view.live().stream()
            .map(version -> version.dot() + " " + text(version))
            .collect(Collectors.joining("  |  "));
    return "OPEN CONFLICT  " + versions;
  }

  private static String text(VersionState version) {
    var state = version.state();
    return state == null ? "(no state)" : Payload.text(state.data());
  }

  private boolean isComplete() {
    return regions.stream()
        .allMatch(region -> views.getOrDefault(region.name(), Map.of()).keySet().containsAll(keys));
  }

  private boolean agree() {
    return keys.stream()
        .allMatch(
            key ->
                regions.stream()
                        .map(region -> of(region.name(), key))
                        .map(view -> view.revision() + text(view) + view.conflict())
                        .distinct()
                        .count()
                    == 1);
  }

  /** How many commits of which region each has. */
  private String progress() {
    var texts = new ArrayList<String>();
    for (var region : regions) {
      var shown =
          views.getOrDefault(region.name(), Map.of()).values().stream()
              .map(view -> view.revision().toString())
              .collect(Collectors.joining(" "));
      texts.add(region.name() + " has " + (shown.isEmpty() ? "nothing" : shown));
    }
    return String.join(", ", texts);
  }

  private void read() {
    var all = new LinkedHashMap<String, Map<AggregateKey, AggregateView>>();
    for (var region : regions) {
      var latest = new HashMap<AggregateKey, AggregateView>();
      var topics = region.crossRegionOptions().topics();
      var malformed =
          new ViewTopicReader(region.options().kafka(), topics.views())
              .read(
                  view -> {
                    if (keys.contains(view.aggregate())) {
                      latest.put(view.aggregate(), view);
                    }
                  });
      if (malformed > 0) {
        throw new IllegalStateException(topics.views() + " has records that are no views");
      }
      all.put(region.name(), latest);
    }
    views = all;
  }
}
