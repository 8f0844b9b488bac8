package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.causality.RegionId;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import dev.anabranch.operators.task.RegionMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The regions that replicate to each other, where aggregates with a single home live, and where the
 * commits of other regions come from.
 *
 * @param inboundTopic empty: the region is alone
 */
public record RegionsOptions(RegionMap map, Optional<String> inboundTopic) {

  private static final String NAME = "[a-z0-9-]{1,16}";

  static final JobOption<List<String>> NAMES =
      JobOption.withDefault(
          key("regions.names")
              .stringType()
              .asList()
              .defaultValues()
              .withDescription(
                  "Names of all regions that replicate to each other, this one among them; the same"
                      + " in all of them, and needed where there are peers. Without any this region"
                      + " is alone. Commits of a region that is not named wait, with an alarm."),
          ValueRule.eachMatching(
              NAME, "names with commas between, each 1 to 16 of a-z, 0-9 and -"));

  static final JobOption<String> HOME =
      JobOption.optional(
          key("regions.home")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Region in which commands for aggregates with a single home are accepted, unless"
                      + " `regions.home-by-id-prefix` names another; the same in all regions. Needed"
                      + " where there are several."),
          ValueRule.matching(NAME, "one of regions.names"),
          "this region, if it is alone");

  static final JobOption<List<String>> HOME_BY_ID_PREFIX =
      JobOption.withDefault(
          key("regions.home-by-id-prefix")
              .stringType()
              .asList()
              .defaultValues()
              .withDescription(
                  "Homes by the start of the aggregate's id, each `PREFIX=REGION`; the longest prefix"
                      + " wins; the same in all regions. Changing one later moves aggregates without"
                      + " their history saying so: don't."),
          ValueRule.eachMatching(
              "[^=,]{1,128}=" + NAME,
              "PREFIX=REGION pairs with commas between, such as eu-=eu-west"));

  static final JobOption<String> INBOUND_TOPIC =
      JobOption.optional(
          key("inbound.topic")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Topic through which the cross-region job gives the commits of other regions; read"
                      + " if there are other regions."),
          TopicOptions.TOPIC_RULE,
          "`inbound.` and the region's name");

  static final List<JobOption<?>> ALL = List.of(NAMES, HOME, HOME_BY_ID_PREFIX, INBOUND_TOPIC);

  static RegionsOptions read(OptionReader reader, RegionId region) {
    var given = reader.get(NAMES);
    var names = given.isEmpty() ? List.of(region.value()) : given;
    reader.require(
        !given.isEmpty() || !reader.isGiven(PeerOptions.PEERS),
        NAMES,
        "is needed, since there are peers: the names of all regions, the same in all of them",
        PeerOptions.PEERS);
    reader.require(
        names.contains(region.value()),
        NAMES,
        "must name this region, " + region + ", too",
        RegionOptions.NAME);
    reader.require(
        names.stream().distinct().count() == names.size(), NAMES, "names a region twice");
    var isAlone = names.size() == 1;
    var home = reader.find(HOME);
    reader.require(
        isAlone || home.isPresent(),
        HOME,
        "is needed, since there are several regions: the same in all of them",
        NAMES);
    reader.require(
        home.isEmpty() || names.contains(home.get()), HOME, "must be one of " + names, NAMES);
    var prefixes = new TreeMap<String, String>();
    for (var pair : reader.get(HOME_BY_ID_PREFIX)) {
      var equals = pair.indexOf('=');
      var name = pair.substring(equals + 1);
      reader.require(
          names.contains(name),
          HOME_BY_ID_PREFIX,
          "names " + name + ", which is none of " + names,
          NAMES);
      prefixes.put(pair.substring(0, equals), name);
    }
    var topic = reader.find(INBOUND_TOPIC).orElse("inbound." + region);
    return new RegionsOptions(
        new RegionMap(names, home.orElse(region.value()), prefixes),
        isAlone ? Optional.empty() : Optional.of(topic));
  }
}
