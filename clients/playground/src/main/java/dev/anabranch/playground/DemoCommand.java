package dev.anabranch.playground;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.text.Style;
import dev.anabranch.embedded.PlainPath;
import dev.anabranch.embedded.RegionTopology;
import dev.anabranch.playground.demo.CliRunner;
import dev.anabranch.playground.demo.Demo;
import dev.anabranch.playground.demo.DemoOptions;
import dev.anabranch.playground.demo.Story;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anabranch demo}: whole regions, in action. */
@Command(
    name = "demo",
    description = {
      "Runs whole regions on this machine, with traffic, and verifies what they hold.",
      "The parts are real: a Kafka broker, MariaDB servers and a Flink cluster for each region,"
          + " with the jobs of the bank and the orders examples. An order is edited on both sides"
          + " of a link that is cut; the conflict is resolved by policy, another one by hand.",
      "Nothing needs to be installed. Two regions take about 3 GB of memory and a minute and a"
          + " half, six sites about twice as much, and some minutes."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch demo",
      "  anabranch demo --regions a      # one region only",
      "  anabranch demo --regions berlin,oslo,rome",
      "  anabranch demo --topology six-sites",
      "  anabranch demo --crash          # kills a task manager and a database on the way",
      "  anabranch demo --story twin     # one command, accepted in two regions",
      "  anabranch demo --story all",
      "  anabranch demo --keep           # and look around afterwards",
      "  anabranch demo --seconds 60 --rate 2000 --web"
    })
final class DemoCommand implements Callable<Integer> {

  private static final int MAX_REGIONS = 6;
  private static final List<String> DEFAULT_REGIONS = List.of("a", "b");
  private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,16}");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--regions",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Names of the regions, 1 to 6, each 1 to 16 of a-z, 0-9 and -; capitals are taken as"
              + " small letters. Default: a,b; of six-sites a,b,c,d,e,f.")
  private List<String> regions = List.of();

  @Option(
      names = "--topology",
      paramLabel = "NAME",
      description =
          "Who reads whom: mesh (each all others), ring (one way), hub (the first one and each"
              + " other), six-sites (the tree a-c, b-c, c-d, d-e, d-f). Default: mesh.")
  private String topology = "mesh";

  @Option(
      names = "--story",
      paramLabel = "NAMES",
      split = ",",
      description =
          "What to show beside the traffic: crash (a task manager and a database are killed under"
              + " load), rebuild (a projection's tables are filled again, and readers are switched"
              + " over), cut (an order is edited on both sides of a cut link), twin (two regions"
              + " accept one command), or all. Default: cut, if there are several regions.")
  private List<String> stories = List.of();

  @Option(names = "--crash", description = "The story crash beside the others.")
  private boolean crash;

  @Option(
      names = "--keep",
      description = "Leaves everything running at the end, and prints the addresses.")
  private boolean keep;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description =
          "How long to send generated commands once the JVM is warm, 1 to 86400. Default: 12.")
  private int seconds = 12;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "Most generated commands per second, 1 to 100000. The demo climbs to it as long as answers"
              + " come within 40 ms. Default: 500.")
  private int rate = 500;

  @Option(
      names = "--web",
      description = "Serves Flink's web interface at port 8081, or the next free one.")
  private boolean web;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "For the files, empty or new. Default: a temporary one.")
  private @Nullable Path directory;

  @Override
  public Integer call() throws Exception {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it before it calls");
    }
    if (seconds < 1 || seconds > 86_400 || rate < 1 || rate > 100_000) {
      throw CliException.usage("--seconds must be 1 to 86400, --rate 1 to 100000");
    }
    if (directory != null) {
      requirePlain(directory);
    }
    if (directory != null && !Demo.isUsable(directory)) {
      throw CliException.usage(
          "--directory "
              + directory
              + " must be empty, or not exist: its files are deleted at the"
              + " end");
    }
    if (spec.root().userObject() instanceof Anabranch root && root.hasRegionOptions()) {
      throw CliException.usage("the demo makes regions of its own; leave out -D and --region");
    }
    var topology = topology();
    var options =
        new DemoOptions(
            topology,
            directory,
            rate,
            Duration.ofSeconds(seconds),
            stories(topology.regions().size() > 1),
            keep,
            web);
    var out = spec.commandLine().getOut();
    CliRunner cli = (writer, args) -> Anabranch.run(writer, writer, args);
    try (var demo = new Demo(options, out, new Style(Ansi.AUTO.enabled()), cli)) {
      return run(demo);
    }
  }

  private Set<Story> stories(boolean severalRegions) {
    var told = EnumSet.noneOf(Story.class);
    for (var name : stories) {
      if (name.strip().equalsIgnoreCase("all")) {
        told.addAll(EnumSet.allOf(Story.class));
        told.removeIf(story -> story.needsTwoRegions() && !severalRegions);
        continue;
      }
      try {
        told.add(Story.named(name));
      } catch (IllegalArgumentException e) {
        throw CliException.usage("--story: " + e.getMessage() + ", and all");
      }
    }
    if (stories.isEmpty() && severalRegions) {
      told.add(Story.CUT);
    }
    if (crash) {
      told.add(Story.CRASH);
    }
    if (!severalRegions && told.stream().anyMatch(Story::needsTwoRegions)) {
      throw CliException.usage("--story cut and twin need two regions; leave out --regions");
    }
    return told;
  }

  private RegionTopology topology() {
    var names = regions.stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).toList();
    for (var name : names) {
      if (!REGION.matcher(name).matches()) {
        throw CliException.usage(
            "--regions: '" + name + "' must be 1 to 16 of a-z, 0-9 and -, such as eu-west");
      }
    }
    if (names.size() > MAX_REGIONS || names.stream().distinct().count() < names.size()) {
      throw CliException.usage("--regions must be 1 to " + MAX_REGIONS + " different names");
    }
    if (topology.equals("six-sites")) {
      if (!names.isEmpty() && !names.equals(RegionTopology.SIX_SITES)) {
        throw CliException.usage(
            "--topology six-sites has the regions "
                + String.join(",", RegionTopology.SIX_SITES)
                + "; leave out --regions");
      }
      return RegionTopology.sixSites();
    }
    var given = names.isEmpty() ? DEFAULT_REGIONS : names;
    return switch (topology) {
      case "mesh" -> RegionTopology.mesh(given);
      case "ring" -> given.size() == 1 ? RegionTopology.mesh(given) : RegionTopology.ring(given);
      case "hub" -> RegionTopology.hub(given);
      default ->
          throw CliException.usage(
              "--topology must be mesh, ring, hub or six-sites, is " + topology);
    };
  }

  private int run(Demo demo) throws Exception {
    try {
      var sound = demo.run();
      if (keep) {
        awaitEndOfInput();
      }
      return sound ? ExitCode.OK : ExitCode.PROBLEMS;
    } catch (Exception e) {
      if (demo.isEnding()) {
        // By Ctrl-C: what is used has been closed, and the JVM is going down.
        return ExitCode.OK;
      }
      throw e;
    }
  }

  /** Ctrl-C ends the JVM, and the demo with it. */
  private static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // Whatever is typed means nothing.
    }
  }

  private static void requirePlain(Path directory) {
    try {
      PlainPath.require(directory, "--directory", "Name another one, or none.");
    } catch (IllegalArgumentException e) {
      throw CliException.usage(String.valueOf(e.getMessage()));
    }
  }
}
