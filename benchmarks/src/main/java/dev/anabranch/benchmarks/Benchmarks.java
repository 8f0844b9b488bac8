package dev.anabranch.benchmarks;

import dev.anabranch.benchmarks.projection.ProjectionRatesCommand;
import dev.anabranch.benchmarks.report.ChartCommand;
import dev.anabranch.benchmarks.report.TableCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The load runs of this project on one command line; {@code benchmarks/README.md} explains them.
 */
@Command(
    name = "benchmarks",
    description = "Measures what a durable command costs, beside the limits of the same machine.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ChartCommand.class,
      CompareCommand.class,
      ProfileCommand.class,
      ProjectionRatesCommand.class,
      TableCommand.class
    })
public final class Benchmarks {

  private Benchmarks() {}

  public static void main(String[] args) {
    // Kafka's and Flink's threads may outlive the run.
    System.exit(new CommandLine(new Benchmarks()).execute(args));
  }
}
