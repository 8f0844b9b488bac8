package dev.anabranch.playground.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.text.Payload;
import dev.anabranch.cli.text.Style;
import dev.anabranch.client.Command;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.embedded.KafkaProcess;
import dev.anabranch.embedded.RegionLinks;
import dev.anabranch.embedded.RegionTopology;
import dev.anabranch.examples.orders.OrderCommand.CreateOrder;
import dev.anabranch.examples.orders.OrdersDomain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Regions on real parts, each with a Kafka and databases of its own as processes and a Flink
 * cluster: orders are edited everywhere while links are cut and healed, and task managers and jobs
 * are killed. In the end nothing may differ between the regions, by the word of the command line's
 * own checks.
 *
 * <p>{@code -Danabranch.chaos.seed=N} repeats the choices of a run; the times are not repeatable.
 */
class RegionsChaos {

  private static final int BROKER_HEAP_MEGABYTES = 256;
  private static final Duration RECOVERY = Duration.ofSeconds(120);

  /** Of this process and of the servers; Kafka's segments begin with a digit. */
  private static final Pattern LOG_NAMES = Pattern.compile("[a-z].*\\.log");

  @TempDir private Path temporary;

  private final DemoParts parts = new DemoParts();
  private final long seed = Long.getLong("anabranch.chaos.seed", System.nanoTime() % 1_000_000);
  private final Random random = new Random(seed);
  private final StringWriter screenText = new StringWriter();
  private final DemoScreen screen = new DemoScreen(new PrintWriter(screenText), new Style(false));

  private final Map<String, Integer> broken = new TreeMap<>();
  private RegionLinks links;

  /** The logs stay, to be read after a failure. */
  @AfterEach
  void end() throws IOException {
    try {
      keepLogs(Path.of("target", "regions-chaos-" + seed));
    } finally {
      parts.close();
    }
  }

  private void keepLogs(Path target) throws IOException {
    var root = temporary.resolve("regions");
    List<Path> logs;
    try (var files = Files.walk(root)) {
      logs =
          files.filter(file -> LOG_NAMES.matcher(file.getFileName().toString()).matches()).toList();
    }
    Files.createDirectories(target);
    for (var log : logs) {
      var name = root.relativize(log).toString().replace('/', '-');
      Files.copy(log, target.resolve(name), REPLACE_EXISTING);
    }
  }

  @Test
  void threeRegionsThatReadEachOther() throws Exception {
    var regions = start(RegionTopology.mesh(List.of("a", "b", "c")));
    var far = regions.topology().between(regions.topology().farSide());
    var before = edit(regions, 40, 12);
    assertThat(before).as("accepted, seed %d", seed).isPositive();

    // One conflict is resolved in two regions that do not hear of each other.
    links.heal();
    requireAgreement(regions);
    var open = openConflicts(regions.first());
    assertThat(open).as("open conflicts, seed %d", seed).isNotEmpty();
    links.cut(far);
    var contested = open.entrySet().iterator().next();
    resolve(regions.first(), contested.getKey(), contested.getValue().get(0));
    resolve(regions.last(), contested.getKey(), contested.getValue().get(1));
    links.heal();
    requireAgreement(regions);
    assertThat(run(regions.first(), "conflicts", "list", "--all")).contains("voided");

    resolveAll(regions);
    requireSound(regions);
  }

  @Test
  void theTreeOfSixSites() throws Exception {
    convergesAfterEdits(RegionTopology.sixSites(), 45, 4);
  }

  /** A commit comes by two ways, and comes back to where it was made. */
  @Test
  void theTreeOfSixSitesAndOneMoreLink() throws Exception {
    convergesAfterEdits(RegionTopology.sixSites().with("a", "e"), 45, 4);
  }

  /** Nobody hears of a commit directly but one, and its own region hears of it last. */
  @Test
  void aRingInOneDirection() throws Exception {
    convergesAfterEdits(RegionTopology.ring(List.of("a", "b", "c")), 40, 12);
  }

  /** All that the others hear of each other goes through one. */
  @Test
  void aHub() throws Exception {
    convergesAfterEdits(RegionTopology.hub(List.of("a", "b", "c", "d")), 40, 8);
  }

  private void convergesAfterEdits(RegionTopology topology, int seconds, int perSecond)
      throws Exception {
    var regions = start(topology);
    assertThat(edit(regions, seconds, perSecond)).as("accepted, seed %d", seed).isPositive();
    links.heal();

    requireAgreement(regions);
    resolveAll(regions);
    requireSound(regions);
  }

  private DemoRegions start(RegionTopology topology) throws Exception {
    System.out.println("RegionsChaos, seed " + seed);
    var directory = parts.openDirectory(temporary.resolve("regions"));
    var regions =
        new DemoRegions(
            parts,
            directory.path(),
            topology,
            config -> KafkaProcess.start(config.withHeapMegabytes(BROKER_HEAP_MEGABYTES)));
    links = regions.start(screen, false);
    return regions;
  }

  /** Edits in all regions for some seconds, while things break; returns how much was accepted. */
  private long edit(DemoRegions regions, int seconds, int perSecond) throws Exception {
    var loads = new ArrayList<EditLoad>();
    var all = regions.all();
    for (var i = 0; i < all.size(); i++) {
      loads.add(new EditLoad(all.get(i), all.get((i + 1) % all.size()), seed * 31 + i, perSecond));
    }
    var end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    links.cut(regions.topology().between(regions.topology().farSide()));
    while (System.nanoTime() < end) {
      breakSomething(regions);
    }
    links.cut(regions.topology().between(regions.topology().farSide()));
    var accepted = 0L;
    for (var load : loads) {
      assertThat(load.stop()).as("answers, seed %d", seed).isEmpty();
      accepted += load.accepted();
    }
    System.out.println("accepted " + accepted + " commands; " + broken);
    return accepted;
  }

  private void breakSomething(DemoRegions regions) throws Exception {
    var region = regions.all().get(random.nextInt(regions.all().size()));
    var choice = random.nextInt(12);
    if (choice < 4) {
      var all = List.copyOf(regions.topology().links());
      links.cut(List.of(all.get(random.nextInt(all.size()))));
      count("link cut");
    } else if (choice < 7) {
      links.heal();
      count("links healed");
    } else if (choice < 8) {
      region.job().killTaskManager();
      region.job().startTaskManager();
      count("task manager killed");
    } else if (choice < 9) {
      region.job().cancelCrossRegion();
      region.job().startCrossRegion(region.crossRegionOptions());
      count("cross-region job started anew");
    } else if (choice < 10) {
      region.job().cancelCommands();
      region.job().start(region.options());
      count("command job started anew");
    } else if (choice < 11) {
      var kafka = (KafkaProcess) region.servers().kafka();
      kafka.kill();
      kafka.restart();
      count("Kafka killed");
    } else {
      var names = region.servers().databaseNames();
      var database = region.servers().database(names.get(random.nextInt(names.size())));
      database.kill();
      database.restart();
      count("database killed");
    }
    awaitAnswer(region);
  }

  private void count(String what) {
    broken.merge(what, 1, Integer::sum);
    screen.step("%s", what);
  }

  /** So that what is broken next meets a region that works. */
  private void awaitAnswer(DemoRegion region) {
    var probe = Command.of(OrdersDomain.WEB_ORDER, "probe", new CreateOrder("probe"));
    try {
      var unused = region.client().send(probe, ReplyLevel.COMMITTED).join();
    } catch (CompletionException e) {
      throw new AssertionError(
          "seed %d: region %s does not answer after %s\n%s"
              .formatted(seed, region.name(), broken, screenText),
          e);
    }
  }

  // -- By the command line.

  private void requireAgreement(DemoRegions regions) {
    var files =
        regions.all().stream()
            .map(region -> region.config().toString())
            .collect(Collectors.joining(","));
    var out = new StringWriter();
    var exitCode =
        Anabranch.run(
            new PrintWriter(out),
            new PrintWriter(out),
            "verify",
            "--across",
            files,
            "--wait",
            Long.toString(RECOVERY.toSeconds()));
    assertThat(exitCode).as("seed %d: %s", seed, out).isZero();
    System.out.print(out);
  }

  private void requireSound(DemoRegions regions) {
    requireAgreement(regions);
    for (var region : regions.all()) {
      assertThat(run(region, "verify")).contains("Store and topic are sound.");
      assertThat(run(region, "conflicts", "list")).contains("No open conflicts.");
    }
  }

  private void resolveAll(DemoRegions regions) {
    var open = openConflicts(regions.last());
    open.forEach(
        (aggregate, versions) -> {
          assertThat(run(regions.last(), "conflicts", "show", aggregate))
              .contains(versions.get(0))
              .contains("\"items\"");
          resolve(
              regions.all().get(random.nextInt(regions.all().size())),
              aggregate,
              versions.get(random.nextInt(versions.size())));
        });
    System.out.println("resolved " + open.size() + " conflicts by hand");
  }

  private void resolve(DemoRegion region, String aggregate, String winner) {
    assertThat(run(region, "conflicts", "resolve", aggregate, "--winner", winner, "--why", "chaos"))
        .contains("accepted");
  }

  /** The live branches of each, by aggregate. */
  private Map<String, List<String>> openConflicts(DemoRegion region) {
    var open = new TreeMap<String, List<String>>();
    for (var line : run(region, "conflicts", "list", "--json").lines().toList()) {
      if (!line.startsWith("{")) {
        continue;
      }
      var json = Payload.json(line.getBytes(UTF_8)).orElseThrow();
      var versions = new ArrayList<String>();
      json.path("live").forEach(version -> versions.add(version.path("dot").textValue()));
      open.put(json.path("aggregate").textValue(), versions);
    }
    return open;
  }

  private String run(DemoRegion region, String... args) {
    var out = new StringWriter();
    var line = new ArrayList<>(List.of(args));
    line.add("--config");
    line.add(region.config().toString());
    var exitCode =
        Anabranch.run(new PrintWriter(out), new PrintWriter(out), line.toArray(new String[0]));
    assertThat(exitCode).as("seed %d, region %s: %s: %s", seed, region.name(), line, out).isZero();
    return out.toString();
  }
}
