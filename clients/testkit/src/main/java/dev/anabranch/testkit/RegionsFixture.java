package dev.anabranch.testkit;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One aggregate in several regions that are cut off from each other until told otherwise: tests
 * that concurrent events of a type give the same state in whatever order they arrive.
 *
 * <p>Everything passes through the codecs and checks of {@link DomainFixture}.
 *
 * <p>Immutable: a fixture may be kept and used for several tests.
 *
 * @param <S> state
 * @param <C> commands
 * @param <E> events
 */
public final class RegionsFixture<S, C, E> {

  /** So many orders of arrival are tried at most. */
  public static final int MAX_ORDERS = 1_000;

  private static final Instant TIMESTAMP = Instant.parse("2025-01-01T00:00:00Z");

  private final CheckedType<S, C, E> type;

  /** What each region has, in the order in which it got it. */
  private final SortedMap<RegionId, List<StoredCommit>> regions;

  private RegionsFixture(
      CheckedType<S, C, E> type, SortedMap<RegionId, List<StoredCommit>> regions) {
    this.type = type;
    this.regions = regions;
  }

  /**
   * A fixture for an aggregate of this type that has no event yet.
   *
   * @param regions at least two names
   */
  public static <S, C, E> RegionsFixture<S, C, E> of(
      AggregateType<S, C, E> type, String... regions) {
    var empty = new TreeMap<RegionId, List<StoredCommit>>();
    Arrays.stream(regions).forEach(name -> empty.put(new RegionId(name), List.of()));
    if (empty.size() < 2) {
      throw new IllegalArgumentException("name at least two regions, not " + empty.keySet());
    }
    return new RegionsFixture<>(new CheckedType<>(type), empty);
  }

  /** The region writes these events, each as a commit of its own, on what it has. */
  @SafeVarargs
  public final RegionsFixture<S, C, E> in(String region, E... events) {
    var fixture = this;
    for (var event : events) {
      fixture = fixture.written(id(region), List.of(type.encodeEvent(event)));
    }
    return fixture;
  }

  /** The region decides the command on what it has, and accepts it. */
  public RegionsFixture<S, C, E> when(String region, C command) {
    var id = id(region);
    var before = stateIn(region);
    var n = history(id).size();
    var context = new DecisionContext("command-" + (n + 1), type.name(), "1", n, region, TIMESTAMP);
    var decision = type.decide(before, type.received(command), context);
    if (!(decision instanceof Decision.Accepted<E> accepted)) {
      throw new AssertionError(
          String.format(
              "%s%n  in:       %s%n  state:    %s%n  when:     %s%n  expected: events%n"
                  + "  actual:   %s",
              type.name(), region, before, command, decision));
    }
    return written(id, accepted.events().stream().map(type::encodeEvent).toList());
  }

  /** One region gets what another one has. */
  public RegionsFixture<S, C, E> send(String from, String to) {
    return received(id(from), id(to));
  }

  /** All regions get what any of them has. */
  public RegionsFixture<S, C, E> sync() {
    var fixture = this;
    for (var from : regions.keySet()) {
      for (var to : regions.keySet()) {
        fixture = fixture.received(from, to);
      }
    }
    return fixture;
  }

  /** The state that a region has at this moment. */
  public S stateIn(String region) {
    return type.fold(type.initialState(), history(id(region)));
  }

  /**
   * Checks that all that was written gives the same bytes of state in every order that respects
   * causality, up to {@link #MAX_ORDERS} of them; the state then is what every region will have.
   *
   * @throws AssertionError if two orders differ; shows both
   */
  public S expectConvergence() {
    var all = sync().history(regions.firstKey());
    var orders = new Orders<>(type, type.initialState());
    orders.explore(all, type.initialState(), VectorTime.ZERO, List.of());
    return orders.expected();
  }

  private RegionsFixture<S, C, E> written(RegionId region, List<EncodedMessage> events) {
    var history = history(region);
    var applied = timeOf(history);
    var last = history.stream().mapToLong(commit -> commit.at().hlc()).max().orElse(0);
    var at =
        EventContext.of(
            new Dot(region, applied.get(region) + 1),
            applied,
            HybridLogicalClock.tick(TIMESTAMP.toEpochMilli(), last));
    return with(region, List.of(new StoredCommit(at, events)));
  }

  private RegionsFixture<S, C, E> received(RegionId from, RegionId to) {
    var applied = timeOf(history(to));
    var news = new ArrayList<StoredCommit>();
    for (var commit : history(from)) {
      if (commit.at().dot().n() > applied.get(commit.at().dot().origin())) {
        news.add(commit);
      }
    }
    return with(to, news);
  }

  private RegionsFixture<S, C, E> with(RegionId region, List<StoredCommit> news) {
    var history = new ArrayList<>(history(region));
    history.addAll(news);
    var changed = new TreeMap<>(regions);
    changed.put(region, List.copyOf(history));
    return new RegionsFixture<>(type, changed);
  }

  private List<StoredCommit> history(RegionId region) {
    return regions.getOrDefault(region, List.of());
  }

  private RegionId id(String region) {
    var id = new RegionId(region);
    if (!regions.containsKey(id)) {
      throw new IllegalArgumentException(
          "region " + region + " is not one of " + regions.keySet() + "; name it in of(...)");
    }
    return id;
  }

  private static VectorTime timeOf(List<StoredCommit> history) {
    var time = VectorTime.ZERO;
    for (var commit : history) {
      time = time.with(commit.at().dot().origin(), commit.at().dot().n());
    }
    return time;
  }
}
