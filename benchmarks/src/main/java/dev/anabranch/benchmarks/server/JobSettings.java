package dev.anabranch.benchmarks.server;

import dev.anabranch.benchmarks.load.LoadOptions;
import java.util.HashMap;
import java.util.Map;

/** What the jobs of a region have in common, as their options say it. */
public final class JobSettings {

  private JobSettings() {}

  /** Region, brokers and store; the caller adds topics. */
  public static Map<String, String> of(
      LoadOptions options, Broker broker, Database.Schema schema, String region) {
    var settings = new HashMap<String, String>();
    settings.put("region.name", region);
    settings.put("region.shard-count", Integer.toString(options.shards));
    settings.put("region.events-partitions", Integer.toString(Database.EVENTS_PARTITIONS));
    settings.put("kafka.bootstrap-servers", broker.bootstrapServers());
    settings.put("store.databases", "main");
    settings.put("store.database.main.url", schema.jdbcUrl());
    settings.put("store.database.main.user", schema.user());
    settings.put("store.database.main.password", schema.password());
    return settings;
  }

  /** Those of the command job that the options of a run set. */
  public static Map<String, String> commits(LoadOptions options) {
    return Map.of(
        "commit.max-rows", Integer.toString(options.batch),
        "commit.lanes-per-database", Integer.toString(options.lanesPerSubtask()),
        "aggregates.cache-size", Integer.toString(options.cache),
        "aggregates.cache-max-bytes", "64 gb");
  }
}
