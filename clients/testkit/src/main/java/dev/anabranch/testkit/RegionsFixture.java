package dev.anabranch.testkit;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy.ReplicatedTypes;
import dev.anabranch.api.ReplicationPolicy.SingleHome;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.versions.Resolution;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One aggregate in several regions that are cut off from each other until told otherwise: tests
 * what the type's replication policy makes of changes that the regions make at once.
 *
 * <p><b>Policies.</b> A type with a single home takes commands in the region that is named first;
 * if {@link #in} makes another region act as home, there is a conflict until the home's next
 * commit. Replicated data types are folded in every order of arrival. An automatic type shows what
 * its resolver makes of the branches. An interactive type shows an open conflict until {@link
 * #choose}.
 *
 * <p><b>Which commit is later.</b> A commit is later than all that its region had. Of two commits
 * with equally many before them the one whose region has the greater name is later.
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
  private final PolicyFold<S> fold;
  private final RegionId home;

  /** What each region has, in the order in which it got it. */
  private final SortedMap<RegionId, List<RegionCommit>> regions;

  private RegionsFixture(
      CheckedType<S, C, E> type, RegionId home, SortedMap<RegionId, List<RegionCommit>> regions) {
    this.type = type;
    this.fold = new PolicyFold<>(type);
    this.home = home;
    this.regions = regions;
  }

  /**
   * A fixture for an aggregate of this type that has no event yet.
   *
   * @param regions at least two names; the first one is the home of a type with a single home
   */
  public static <S, C, E> RegionsFixture<S, C, E> of(
      AggregateType<S, C, E> type, String... regions) {
    var empty = new TreeMap<RegionId, List<RegionCommit>>();
    Arrays.stream(regions).forEach(name -> empty.put(new RegionId(name), List.of()));
    if (empty.size() < 2) {
      throw new IllegalArgumentException("name at least two regions, not " + empty.keySet());
    }
    return new RegionsFixture<>(new CheckedType<>(type), new RegionId(regions[0]), empty);
  }

  /**
   * The region writes these events, each as a commit of its own, on what it has. It asks neither
   * the decider nor for the aggregate's home.
   */
  @SafeVarargs
  public final RegionsFixture<S, C, E> in(String region, E... events) {
    var fixture = this;
    for (var event : events) {
      var encoded = type.encodeEvent(event);
      var commit = fixture.next(id(region), List.of(encoded), fixture.seenToBuildOn(region));
      fixture = fixture.with(id(region), List.of(commit));
    }
    return fixture;
  }

  /**
   * The region decides the command on what it has, and accepts it.
   *
   * @throws AssertionError if it does not: a rule rejects it, the aggregate's home is elsewhere, or
   *     a conflict is open
   */
  public RegionsFixture<S, C, E> when(String region, C command) {
    checkHome(region);
    return decided(region, command, seenToBuildOn(region));
  }

  /**
   * The region decides the command on one of its branches, and accepts it. The other branches stay.
   *
   * @param branch the commit that made the branch, as {@link #branchesIn} names it
   * @throws AssertionError if it does not accept the command, or has no such branch
   */
  public RegionsFixture<S, C, E> whenOn(String region, Dot branch, C command) {
    checkHome(region);
    var chosen = branch(region, branch);
    return decided(region, command, new Seen<>(chosen.state(), List.of(chosen)));
  }

  /**
   * A person in this region resolves the open conflict: one branch stays, the others are rejected.
   *
   * @param winner the commit that made the branch, as {@link #branchesIn} names it
   * @throws AssertionError if the region has no open conflict with such a branch, or if the
   *     aggregate's home is elsewhere
   */
  public RegionsFixture<S, C, E> choose(String region, Dot winner) {
    checkHome(region);
    if (seen(region).state() != null) {
      throw new AssertionError(
          type.name() + " has no open conflict in " + region + ": there is nothing to choose");
    }
    branch(region, winner);
    var rejected =
        branchesIn(region).stream().map(LiveVersion::dot).filter(dot -> !dot.equals(winner));
    var choice = new Resolution(winner, rejected.toList(), false, "fixture", "chosen in a test");
    return with(id(region), List.of(RegionCommit.choice(nextPlace(id(region)), choice)));
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

  /**
   * The state that a region shows at this moment.
   *
   * @throws AssertionError if it shows an open conflict instead
   */
  public S stateIn(String region) {
    return stateOf(seen(region), region + " shows");
  }

  /**
   * The branches that a region has at this moment, the latest one last. More than one of them are a
   * conflict, until the type's resolver or {@link #choose} makes one state of them. Replicated data
   * types have no branches.
   */
  public List<LiveVersion<S>> branchesIn(String region) {
    return seen(region).branches();
  }

  /**
   * Checks that all that was written gives the same bytes of state in every order that respects
   * causality, up to {@link #MAX_ORDERS} of them; the state then is what every region will have.
   *
   * @throws AssertionError if two orders differ, or if a conflict stays open; shows both sides
   */
  public S expectConvergence() {
    return stateOf(merged(), "all regions show");
  }

  /**
   * Checks that all that was written leaves a conflict for a person, the same in every order that
   * respects causality.
   *
   * @return the branches to choose from, the latest one last
   * @throws AssertionError if there is no open conflict, or if two orders differ
   */
  public List<LiveVersion<S>> expectConflict() {
    var merged = merged();
    if (merged.state() != null) {
      throw new AssertionError(
          type.name() + " has no open conflict; all regions show " + merged.state());
    }
    return merged.branches();
  }

  private Seen<S> merged() {
    return new Orders<>(type).explore(sync().history(regions.firstKey()));
  }

  private Seen<S> seen(String region) {
    return fold.seen(history(id(region)));
  }

  /**
   * What a command or an event without a branch is put on: one state, and all branches. Two regions
   * that acted as home have made a conflict; the next commit is decided on the latest branch then,
   * and ends the conflict.
   */
  private Seen<S> seenToBuildOn(String region) {
    var seen = seen(region);
    if (seen.state() == null && type.replication() instanceof SingleHome) {
      var latest = seen.branches().get(seen.branches().size() - 1);
      return new Seen<>(latest.state(), seen.branches());
    }
    stateOf(seen, region + " has");
    return seen;
  }

  private S stateOf(Seen<S> seen, String who) {
    var state = seen.state();
    if (state == null) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "%s: %s an open conflict; choose one branch, or build on one with whenOn%s",
              type.name(),
              who,
              described(seen.branches())));
    }
    return state;
  }

  private static String described(List<? extends LiveVersion<?>> branches) {
    var text = new StringBuilder();
    branches.forEach(
        branch ->
            text.append(System.lineSeparator())
                .append("  ")
                .append(branch.dot())
                .append(" ")
                .append(branch.state()));
    return text.toString();
  }

  private LiveVersion<S> branch(String region, Dot dot) {
    var branches = branchesIn(region);
    return branches.stream()
        .filter(branch -> branch.dot().equals(dot))
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    type.name()
                        + (type.replication() instanceof ReplicatedTypes
                            ? " is made of replicated data types and has no branches"
                            : " has no branch " + dot + " in " + region + described(branches))));
  }

  private void checkHome(String region) {
    if (type.replication() instanceof SingleHome && !id(region).equals(home)) {
      throw new AssertionError(
          type.name()
              + " has a single home, here "
              + home
              + ", the region named first; "
              + region
              + " refuses its commands (not-home). Declare another replication policy, or write"
              + " events with in(...) to see what two homes at once would do");
    }
  }

  private RegionsFixture<S, C, E> decided(String region, C command, Seen<S> on) {
    var id = id(region);
    var before = stateOf(on, region + " has");
    var n = history(id).size();
    var context = new DecisionContext("command-" + (n + 1), type.name(), "1", n, region, TIMESTAMP);
    var decision = type.decide(before, type.received(command), context);
    if (!(decision instanceof Decision.Accepted<E> accepted)) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "%s%n  in:       %s%n  state:    %s%n  when:     %s%n  expected: events%n"
                  + "  actual:   %s",
              type.name(),
              region,
              before,
              command,
              decision));
    }
    var events = accepted.events().stream().map(type::encodeEvent).toList();
    return with(id, List.of(next(id, events, on)));
  }

  private RegionCommit next(RegionId region, List<EncodedMessage> events, Seen<S> on) {
    var parents = on.branches().stream().map(LiveVersion::dot).toList();
    return RegionCommit.of(
        new StoredCommit(nextPlace(region), events),
        parents,
        parents.size() > 1 ? fold.resolverId() : "");
  }

  private EventContext nextPlace(RegionId region) {
    var history = history(region);
    var applied = timeOf(history);
    var last = history.stream().mapToLong(commit -> commit.stored().at().hlc()).max().orElse(0);
    return EventContext.of(
        new Dot(region, applied.get(region) + 1),
        applied,
        HybridLogicalClock.tick(TIMESTAMP.toEpochMilli(), last));
  }

  private RegionsFixture<S, C, E> received(RegionId from, RegionId to) {
    var applied = timeOf(history(to));
    var news = new ArrayList<RegionCommit>();
    for (var commit : history(from)) {
      if (commit.dot().n() > applied.get(commit.dot().origin())) {
        news.add(commit);
      }
    }
    return with(to, news);
  }

  private RegionsFixture<S, C, E> with(RegionId region, List<RegionCommit> news) {
    var history = new ArrayList<>(history(region));
    history.addAll(news);
    var changed = new TreeMap<>(regions);
    changed.put(region, List.copyOf(history));
    return new RegionsFixture<>(type, home, changed);
  }

  private List<RegionCommit> history(RegionId region) {
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

  private static VectorTime timeOf(List<RegionCommit> history) {
    var time = VectorTime.ZERO;
    for (var commit : history) {
      time = time.with(commit.dot().origin(), commit.dot().n());
    }
    return time;
  }
}
