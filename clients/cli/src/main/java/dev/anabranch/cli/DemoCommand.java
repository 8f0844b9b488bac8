package dev.anabranch.cli;

import dev.anabranch.cli.demo.Demo;
import dev.anabranch.cli.demo.DemoOptions;
import dev.anabranch.cli.text.Style;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anabranch demo}: a whole region, in action. */
@Command(
    name = "demo",
    description = {
      "Runs a whole region on this machine, with traffic, and verifies what it holds.",
      "The parts are real: a Kafka broker, two MariaDB servers, and a Flink cluster with the command"
          + " job of the bank example. Nothing needs to be installed; it takes about 2 GB of memory"
          + " and less than a minute."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch demo",
      "  anabranch demo --crash      # kills the task manager and a database on the way",
      "  anabranch demo --keep       # and look around afterwards",
      "  anabranch demo --seconds 60 --rate 2000 --web"
    })
final class DemoCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--crash",
      description = "Kills the task manager, and one database with kill -9, under load.")
  private boolean crash;

  @Option(
      names = "--keep",
      description = "Leaves everything running at the end, and prints the addresses.")
  private boolean keep;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long to send generated commands, 1 to 86400. Default: 12.")
  private int seconds = 12;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Generated commands per second, 1 to 100000. Default: 500.")
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
    if (directory != null && !Demo.isUsable(directory)) {
      throw CliException.usage(
          "--directory "
              + directory
              + " must be empty, or not exist: its files are deleted at the"
              + " end");
    }
    if (spec.root().userObject() instanceof Anabranch root && root.hasRegionOptions()) {
      throw CliException.usage("the demo makes a region of its own; leave out -D and --region");
    }
    var options = new DemoOptions(directory, rate, Duration.ofSeconds(seconds), crash, keep, web);
    var out = spec.commandLine().getOut();
    try (var demo = new Demo(options, out, new Style(Ansi.AUTO.enabled()))) {
      return run(demo);
    }
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
}
