package dev.anabranch.playground.demo;

import dev.anabranch.client.CommandClient;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.embedded.KafkaBroker;
import dev.anabranch.embedded.KafkaBrokerConfig;
import dev.anabranch.embedded.RegionLinks;
import dev.anabranch.embedded.RegionTopology;
import dev.anabranch.jobs.options.CommandJobOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * All regions of the demo: each with a Kafka, databases, a Flink cluster and its jobs, none of them
 * shared; and the links between them.
 *
 * <p><b>Lifecycle.</b> What is started ends with the {@link DemoParts} that it was given.
 */
final class DemoRegions {

  /** The first region shows more of what there is. */
  private static final List<String> DATABASES_OF_FIRST = List.of("north", "south");

  private static final List<String> DATABASES = List.of("north");

  private static final int STARTS_AT_ONCE = 2;

  private final DemoParts parts;
  private final Path directory;
  private final RegionTopology topology;
  private final Function<KafkaBrokerConfig, KafkaBroker> brokers;
  private final Map<String, DemoServers> servers = new LinkedHashMap<>();
  private final List<DemoRegion> regions = new ArrayList<>();

  DemoRegions(
      DemoParts parts,
      Path directory,
      RegionTopology topology,
      Function<KafkaBrokerConfig, KafkaBroker> brokers) {
    this.parts = parts;
    this.directory = directory;
    this.topology = topology;
    this.brokers = brokers;
  }

  /** How many subtasks the jobs of a region have. */
  static int parallelism(RegionTopology topology, String region) {
    return topology.regions().indexOf(region) == 0 && topology.regions().size() <= 2 ? 2 : 1;
  }

  /** Returns when the command job and the cross-region job of each region run. */
  RegionLinks start(DemoScreen screen, boolean web) throws Exception {
    var links = startCommands(screen, web);
    startCrossRegion(screen);
    return links;
  }

  /** Returns when the command job of each region runs. */
  RegionLinks startCommands(DemoScreen screen, boolean web) throws Exception {
    for (var name : topology.regions()) {
      var each =
          parts.use(
              new DemoServers(
                  directory.resolve(name),
                  isFirst(name) ? DATABASES_OF_FIRST : DATABASES,
                  RegionLinks.proxiesOf(topology, name),
                  brokers));
      servers.put(name, each);
      each.start();
    }
    var kafkas = new LinkedHashMap<String, KafkaBroker>();
    servers.forEach(
        (name, each) -> {
          each.await(name, screen);
          kafkas.put(name, each.kafka());
        });
    var links = parts.use(new RegionLinks(topology, kafkas));
    startCommands(screen, links, web);
    return links;
  }

  /** A start waits for servers more than it works, so some go on at once; more would fight. */
  private void startCommands(DemoScreen screen, RegionLinks links, boolean web) throws Exception {
    var threads =
        Executors.newFixedThreadPool(
            STARTS_AT_ONCE,
            task -> {
              var thread = new Thread(task, "demo-start");
              thread.setDaemon(true);
              return thread;
            });
    try {
      var starts = new ArrayList<Future<DemoRegion>>();
      for (var name : topology.regions()) {
        starts.add(
            threads.submit(
                () -> {
                  var region = startCommands(name, links, web);
                  screen.step("%s: schema and topics are created, the command job runs", name);
                  return region;
                }));
      }
      for (var start : starts) {
        regions.add(start.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a region did not start: " + e.getCause(), e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Starts the cross-region job of each region; commands are answered without it. */
  void startCrossRegion(DemoScreen screen) throws Exception {
    if (topology.regions().size() > 1) {
      for (var region : regions) {
        region.job().startCrossRegion(region.crossRegionOptions());
        screen.step(
            "%s: the cross-region job reads the log of %s",
            region.name(), String.join(", ", topology.peersOf(region.name())));
      }
    }
  }

  DemoRegion first() {
    return regions.get(0);
  }

  DemoRegion last() {
    return regions.get(regions.size() - 1);
  }

  List<DemoRegion> all() {
    return List.copyOf(regions);
  }

  RegionTopology topology() {
    return topology;
  }

  private DemoRegion startCommands(String name, RegionLinks links, boolean web) throws Exception {
    var home = directory.resolve(name);
    var config = directory.resolve(name + ".yaml");
    var ofRegion = servers(name);
    DemoConfig.write(config, name, topology, links, ofRegion, home.resolve("checkpoints"));
    var options = CommandJobOptions.fromArgs("--config", config.toString());
    // The command job, the cross-region job, and in the first region projections.
    var slots = (isFirst(name) ? 3 : 2) * parallelism(topology, name);
    var job = parts.use(new DemoJob(home.resolve("flink"), web && isFirst(name), slots));
    job.startCluster();
    job.start(options);
    var store = parts.use(new MySqlEventStoreFactory(options.store().config()).open());
    return new DemoRegion(name, config, options, ofRegion, job, store, parts.use(client(options)));
  }

  private boolean isFirst(String name) {
    return topology.regions().indexOf(name) == 0;
  }

  private DemoServers servers(String name) {
    var found = servers.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no region " + name);
    }
    return found;
  }

  private static CommandClient client(CommandJobOptions region) {
    return CommandClient.builder()
        .bootstrapServers(region.kafka().bootstrapServers())
        .commandsTopic(region.commands().topic())
        .replyTopic(region.replies().topic())
        .clientId("anabranch-demo")
        .attemptTimeout(Duration.ofSeconds(5))
        .timeout(Duration.ofMinutes(2))
        .maxAttempts(100)
        .maxInFlight(5_000)
        .blockTimeout(Duration.ofMinutes(2))
        .build();
  }
}
