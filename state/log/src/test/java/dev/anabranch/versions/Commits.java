package dev.anabranch.versions;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.RowKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Commits in the words of the cases: an update {@code u("a", "1,0,0")} is the commit whose vector
 * is (1,0,0), of the region whose entry is named. States are texts that show how they came about.
 */
final class Commits implements VersionFolding<String> {

  static final RegionId[] REGIONS = {
    new RegionId("p1"), new RegionId("p2"), new RegionId("p3"), new RegionId("p4")
  };

  private final Map<Dot, String> events = new HashMap<>();
  private final boolean append;
  private long hlc;

  private Commits(boolean append) {
    this.append = append;
  }

  static Commits appending() {
    return new Commits(true);
  }

  static Commits replacing() {
    return new Commits(false);
  }

  /** "p2:3" */
  static Dot dot(String text) {
    var parts = text.split(":");
    return new Dot(new RegionId(parts[0]), Long.parseLong(parts[1]));
  }

  static List<Dot> dots(String text) {
    return text.isEmpty() ? List.of() : Stream.of(text.split(" ")).map(Commits::dot).toList();
  }

  /** "1,0,3" */
  static VectorTime time(String text) {
    var entries = new TreeMap<RegionId, Long>();
    var values = text.split(",");
    for (var i = 0; i < values.length; i++) {
      entries.put(REGIONS[i], Long.parseLong(values[i]));
    }
    return VectorTime.of(entries);
  }

  /** An update: dot, the vector that it makes, and the versions that it extends. */
  VersionNode u(String event, String dot, String vector, String parents) {
    return u(event, dot, vector, parents, "", null);
  }

  VersionNode u(
      String event, String dot, String vector, String parents, String resolver, String command) {
    var d = dot(dot);
    events.put(d, event);
    return new VersionNode(
        d,
        ++hlc,
        RowKind.COMMIT,
        time(vector).with(d.origin(), d.n() - 1),
        dots(parents),
        resolver,
        command,
        null);
  }

  /** A resolution. */
  VersionNode r(String dot, String vector, String selected, String rejected) {
    return r(dot, vector, selected, rejected, null, null);
  }

  VersionNode r(
      String dot, String vector, String selected, String rejected, String merge, String command) {
    var d = dot(dot);
    if (merge != null) {
      events.put(d, merge);
    }
    var resolution = new Resolution(dot(selected), dots(rejected), merge != null, "ann", "so");
    return new VersionNode(
        d,
        ++hlc,
        RowKind.RESOLUTION,
        time(vector).with(d.origin(), d.n() - 1),
        merge != null ? List.of(dot(selected)) : List.of(),
        "",
        command,
        resolution);
  }

  static VersionNode tombstone(VersionNode node) {
    return new VersionNode(
        node.dot(),
        node.hlc(),
        RowKind.TOMBSTONE,
        node.context(),
        node.parents(),
        node.resolverId(),
        null,
        null);
  }

  VersionStates<String> states() {
    return states(new GraphEntriesInMemory());
  }

  VersionStates<String> states(GraphEntries entries) {
    return new VersionStates<>(new VersionGraph(entries), this, new VersionSnapshotsInMemory<>());
  }

  @Override
  public String initial() {
    return "";
  }

  @Override
  public String evolve(String before, VersionNode node) {
    var event = events.getOrDefault(node.dot(), "");
    return append ? before + event : event.isEmpty() ? before : event;
  }

  @Override
  public String resolve(String resolverId, List<LiveVersion<String>> versions, String base) {
    return versions.stream()
        .map(LiveVersion::state)
        .collect(Collectors.joining(",", resolverId + "<" + base + "|", ">"));
  }
}
