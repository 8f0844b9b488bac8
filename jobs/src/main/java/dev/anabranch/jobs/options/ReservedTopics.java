package dev.anabranch.jobs.options;

import dev.anabranch.causality.RegionId;
import dev.anabranch.jobs.config.OptionReader;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Topics to which no reply may go, whatever a client asks for and the options allow: those that
 * jobs of this region or of another one write or read. A reply in a compacted topic of views would
 * take the place of the aggregate's view.
 */
final class ReservedTopics {

  /** What topics are called by default, followed by a region's name. */
  private static final List<String> PREFIXES =
      List.of(
          "commands.",
          "events.",
          "dead-letters.",
          "inbound.",
          "views.",
          "conflicts.",
          "republish.");

  private ReservedTopics() {}

  static Set<String> read(OptionReader reader, RegionId region, RegionsOptions regions) {
    var reserved = new TreeSet<String>();
    reserved.add(CommandsOptions.read(reader, region).topic());
    reserved.add(reader.find(EventsOptions.TOPIC).orElse("events." + region));
    reserved.add(DeadLettersOptions.read(reader, region).topic());
    var topics = ReplicationTopics.read(reader, region);
    reserved.addAll(
        List.of(topics.inbound(), topics.views(), topics.conflicts(), topics.republish()));
    var others = new TreeSet<>(regions.map().all());
    others.addAll(PeerOptions.names(reader));
    others.remove(region.value());
    for (var other : others) {
      PREFIXES.forEach(prefix -> reserved.add(prefix + other));
      reader.find(PeerOptions.EVENTS_TOPIC.named(other)).ifPresent(reserved::add);
      reader.find(PeerOptions.REPUBLISH_TOPIC.named(other)).ifPresent(reserved::add);
    }
    return reserved;
  }
}
