package dev.anabranch.operators.replication.replica;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.history.Commit;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.versions.GraphEntriesInMemory;
import dev.anabranch.versions.OrderedDot;
import dev.anabranch.versions.Resolution;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ResolutionBlob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A region as its peers see it: it decides on what it has applied, and its log holds everything in
 * the order in which it was applied, its own and what it took from others.
 */
public final class TestRegion {

  private final String name;
  private final RegionId id;
  private final int shards;
  private final List<LogRow> log = new ArrayList<>();
  private final Map<Integer, Long> nextOffset = new HashMap<>();
  private final Map<AggregateKey, VectorTime> applied = new HashMap<>();
  private final Map<AggregateKey, Long> lastHlc = new HashMap<>();
  private final Map<AggregateKey, Long> versions = new HashMap<>();
  private final Map<AggregateKey, VersionGraph> graphs = new HashMap<>();

  private @Nullable String resolverId;

  public TestRegion(String name, int shards) {
    this.name = name;
    this.id = new RegionId(name);
    this.shards = shards;
  }

  /** What commits on several versions name from here on. */
  public TestRegion resolvesBy(String id) {
    resolverId = id;
    return this;
  }

  public List<LogRow> log() {
    return log;
  }

  public PublishedRow published(LogRow row) {
    return new PublishedRow(name, row);
  }

  public List<PublishedRow> published() {
    return log.stream().map(this::published).toList();
  }

  /** Decides on all live branches; the last row of the log is the commit. */
  public PublishedRow commit(String aggregate, String commandId, String event) {
    var key = AggregateKey.parse(aggregate);
    var live = graph(key).live().stream().map(OrderedDot::dot).toList();
    var resolver = live.size() > 1 ? resolverOf(key.type()) : "";
    return append(key, RowKind.COMMIT, commandId, live, resolver, List.of(text(event)));
  }

  /** As the types of {@link NoteDomain} are declared, unless it was told otherwise. */
  private String resolverOf(String type) {
    if (resolverId != null) {
      return resolverId;
    }
    return switch (type) {
      case "Marks" -> ReplicationPolicy.REPLICATED;
      case "Hand" -> "";
      case "Home" -> Resolvers.lastWriterWins().id();
      default -> "join";
    };
  }

  public PublishedRow resolve(String aggregate, String selected, String... rejected) {
    var key = AggregateKey.parse(aggregate);
    var dots = new ArrayList<Dot>();
    for (var dot : rejected) {
      dots.add(Dot.parse(dot));
    }
    var resolution = new Resolution(Dot.parse(selected), dots, false, "kim", "so");
    return append(
        key,
        RowKind.RESOLUTION,
        "resolve-" + name + "-" + log.size(),
        List.of(),
        "",
        ResolutionBlob.toEvents(resolution, List.of()));
  }

  /** Chooses a version, and adds an event to it. */
  PublishedRow merge(String aggregate, String selected, String event) {
    var key = AggregateKey.parse(aggregate);
    var winner = Dot.parse(selected);
    var resolution = new Resolution(winner, List.of(), true, "kim", "so");
    return append(
        key,
        RowKind.RESOLUTION,
        "merge-" + name + "-" + log.size(),
        List.of(winner),
        "",
        ResolutionBlob.toEvents(resolution, List.of(text(event))));
  }

  /** The region's clock says so from here on. */
  public void clockIsAt(String aggregate, long millis) {
    lastHlc.put(AggregateKey.parse(aggregate), HybridLogicalClock.of(millis, 0));
  }

  /** An outcome that is not replicated. */
  public PublishedRow rejected(String aggregate, String commandId) {
    var key = AggregateKey.parse(aggregate);
    var blobs = new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY);
    return add(
        new Outcome(RowKind.REJECTED, key, 0, commandId, "", null, new Stamp(1, 1, 1), blobs));
  }

  /** What the command job does with an inbound commit. */
  public PublishedRow take(LogRow remote) {
    var outcome = remote.outcome();
    var dot = remote.outcome().commitDot();
    var key = outcome.aggregate();
    applied.merge(key, VectorTime.of(Map.of(dot.origin(), dot.n())), VectorTime::merge);
    lastHlc.merge(key, outcome.stamp().hlc(), Math::max);
    graph(key).add(Commit.of(remote.outcome()).node());
    return add(
        new Outcome(
            outcome.kind(),
            key,
            outcome.kind().hasVersion() ? versions.merge(key, 1L, Long::sum) : 0,
            outcome.commandId(),
            "",
            dot,
            new Stamp(9, outcome.stamp().hlc(), outcome.stamp().occurredAtMicros()),
            outcome.blobs()));
  }

  boolean has(LogRow remote) {
    var dot = remote.outcome().commitDot();
    return applied.getOrDefault(remote.outcome().aggregate(), VectorTime.ZERO).covers(dot);
  }

  VectorTime applied(AggregateKey key) {
    return applied.getOrDefault(key, VectorTime.ZERO);
  }

  private PublishedRow append(
      AggregateKey key,
      RowKind kind,
      String commandId,
      List<Dot> parents,
      String resolver,
      List<EncodedMessage> events) {
    var context = applied(key);
    var dot = new Dot(id, context.get(id) + 1);
    var hlc = lastHlc.merge(key, 1L, Long::sum);
    var outcome =
        new Outcome(
            kind,
            key,
            versions.merge(key, 1L, Long::sum),
            commandId,
            "",
            dot,
            new Stamp(1, hlc, hlc),
            new Blobs(
                CausalityBlob.encode(new Causality(context, parents, VectorTime.ZERO, resolver)),
                Blobs.EMPTY,
                Blobs.EMPTY,
                EventsBlob.encode(events)));
    applied.put(key, context.with(id, dot.n()));
    var published = add(outcome);
    graph(key).add(node(published.row()));
    return published;
  }

  private static VersionNode node(LogRow row) {
    return Commit.of(row.outcome()).node();
  }

  private PublishedRow add(Outcome outcome) {
    var shard = Shards.shardOf(outcome.aggregate(), shards);
    var row = outcome.at(shard, nextOffset.merge(shard, 1L, Long::sum) - 1);
    log.add(row);
    return new PublishedRow(name, row);
  }

  private VersionGraph graph(AggregateKey key) {
    return graphs.computeIfAbsent(key, any -> new VersionGraph(new GraphEntriesInMemory()));
  }

  private static EncodedMessage text(String event) {
    return new EncodedMessage("text", 1, event.getBytes(StandardCharsets.UTF_8));
  }
}
