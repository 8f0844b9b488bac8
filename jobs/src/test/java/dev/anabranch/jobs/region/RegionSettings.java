package dev.anabranch.jobs.region;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The options of a region under test: small, quick to notice faults, and through the proxies. */
final class RegionSettings {

  static final int SHARDS = 64;

  private RegionSettings() {}

  static Map<String, String> throughProxies(TestServers servers, String region, int parallelism) {
    var all = new HashMap<String, String>();
    all.put("region.name", region);
    all.put("region.shard-count", Integer.toString(SHARDS));
    all.put("region.events-partitions", "4");
    all.put("kafka.bootstrap-servers", "127.0.0.1:" + servers.kafkaProxy().port());
    all.put("topics.create", "true");
    all.put("topics.commands-partitions", "4");
    all.put("store.connect-timeout", "1 s");
    all.put("store.socket-timeout", "6 s");
    all.put("commit.drain-timeout", "2 s");
    all.put("flink.parallelism.default", Integer.toString(parallelism));
    all.put("flink.execution.checkpointing.interval", "300 ms");
    all.put("flink.execution.checkpointing.num-retained", "20");
    all.put("flink.execution.checkpointing.dir", checkpoints(servers, region).toUri().toString());
    all.put("store.databases", "db0,db1");
    for (var i = 0; i < TestServers.DATABASES; i++) {
      var database = servers.database(i);
      all.put(urlKey(i), database.jdbcUrl(schema(region), servers.databaseProxy(i).port()));
      all.put("store.database.db" + i + ".user", database.user());
      all.put("store.database.db" + i + ".password", database.password());
    }
    return all;
  }

  /** The addresses of the databases past the proxies. */
  static Map<String, String> directUrls(TestServers servers, String region) {
    var urls = new HashMap<String, String>();
    for (var i = 0; i < TestServers.DATABASES; i++) {
      urls.put(urlKey(i), servers.database(i).jdbcUrl(schema(region)));
    }
    return urls;
  }

  static Path checkpoints(TestServers servers, String region) {
    return servers.directory().resolve("checkpoints-" + region);
  }

  static Path savepoints(TestServers servers, String region) {
    return servers.directory().resolve("savepoints-" + region);
  }

  private static String urlKey(int database) {
    return "store.database.db" + database + ".url";
  }

  private static String schema(String region) {
    return "region_" + region;
  }
}
