package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import dev.anabranch.operators.replication.ReplicationOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What waits, for how long, and how much of it. */
final class HoldOptions {

  static final JobOption<Integer> MAX_COMMITS =
      JobOption.withDefault(
          key("hold.max-commits")
              .intType()
              .defaultValue(100_000)
              .withDescription(
                  "Most commits that one subtask keeps, on disk, until those that they depend on"
                      + " have come. One more is not kept and has to be published again, with an"
                      + " alarm; it is never let pass."),
          ValueRule.between(1, 100_000_000));

  static final JobOption<Duration> PATIENCE =
      JobOption.withDefault(
          key("hold.patience")
              .durationType()
              .defaultValue(Duration.ofSeconds(10))
              .withDescription(
                  "How long a commit may wait before the region's own store is searched for what is"
                      + " missing, and then an alarm given, again after twice as long each time."),
          ValueRule.between(Duration.ofMillis(100), Duration.ofHours(1)));

  static final JobOption<Duration> MAX_CLOCK_SKEW =
      JobOption.withDefault(
          key("hold.max-clock-skew")
              .durationType()
              .defaultValue(Duration.ofMinutes(1))
              .withDescription(
                  "How far the time of another region's commit may be ahead of this machine's"
                      + " clock. One beyond it waits until the clock is there, with an alarm: one"
                      + " bad clock must not drag all regions along."),
          ValueRule.between(Duration.ofMillis(100), Duration.ofDays(1)));

  static final JobOption<Integer> MAX_FILLS =
      JobOption.withDefault(
          key("hold.max-fills")
              .intType()
              .defaultValue(1_000)
              .withDescription(
                  "Most aggregates that one subtask reads from the region's own store at a time;"
                      + " beyond it the job stops reading until some were read."),
          ValueRule.between(1, 100_000));

  static final List<JobOption<?>> ALL = List.of(MAX_COMMITS, PATIENCE, MAX_CLOCK_SKEW, MAX_FILLS);

  private HoldOptions() {}

  static ReplicationOptions read(
      OptionReader reader, RegionOptions region, List<PeerOptions> peers) {
    var own = region.name().value();
    var given = reader.get(RegionsOptions.NAMES);
    var names = new ArrayList<>(given);
    var isGiven = !names.isEmpty();
    // Own and peers would be wrong in every topology but a full mesh, and silently so.
    reader.require(
        isGiven,
        RegionsOptions.NAMES,
        "is needed, since there are peers: the names of all regions, also of those that are"
            + " reached through others; the same in all of them",
        PeerOptions.PEERS);
    reader.require(
        !isGiven || names.contains(own),
        RegionsOptions.NAMES,
        "must name this region, " + own + ", too");
    reader.require(
        names.stream().distinct().count() == names.size(),
        RegionsOptions.NAMES,
        "names a region twice");
    for (var peer : peers) {
      reader.require(
          !isGiven || names.contains(peer.region()),
          RegionsOptions.NAMES,
          "must name " + peer.region() + ", which is a peer, too",
          PeerOptions.PEERS);
    }
    if (!reader.isFine(RegionsOptions.NAMES)) {
      names.clear();
      names.add(own);
    }
    return new ReplicationOptions(
        own,
        region.shardCount(),
        names,
        reader.get(MAX_COMMITS),
        reader.get(PATIENCE),
        reader.get(MAX_CLOCK_SKEW),
        reader.get(MAX_FILLS),
        reader.get(MergeOptions.CACHE_SIZE),
        reader.get(MergeOptions.CACHE_MAX_BYTES).getBytes());
  }
}
