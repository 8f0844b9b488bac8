package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.exit.Utf8Arguments;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command line: what all commands share. */
@Command(
    name = "anabranch",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Event sourcing and CQRS for many regions, on Apache Flink.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      SendCommand.class,
      HistoryCommand.class,
      StateCommand.class,
      VerifyCommand.class,
      EventsCommand.class,
      SchemaCommand.class,
      ReplayCheckCommand.class,
      ProjectionsCommand.class,
      ConflictsCommand.class,
      LossCommand.class
    })
public final class Anabranch implements Runnable {

  /** Names the configuration file if {@code --config} does not. */
  static final String CONFIG_VARIABLE = "ANABRANCH_CONFIG";

  private static final Map<String, String> EXIT_CODES = exitCodes();

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      defaultValue = "${env:ANABRANCH_CONFIG}",
      description =
          "The configuration of the region, the same file as its command job's. Default: the"
              + " variable ANABRANCH_CONFIG.")
  private @Nullable Path config;

  @Option(
      names = "--region",
      paramLabel = "NAME",
      scope = ScopeType.INHERIT,
      description = "Short for -D region.name=NAME.")
  private @Nullable String region;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      scope = ScopeType.INHERIT,
      description = "Overrides an option of the configuration; may be given several times.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Shows where an error came from.")
  private boolean stackTrace;

  /** Ends the JVM with the exit code: some libraries leave threads behind. */
  public static void main(String[] args) {
    var out = writer(System.out);
    var err = writer(System.err);
    System.exit(Failures.guard(err, () -> checkedRun(out, err, args)));
  }

  private static int checkedRun(PrintWriter out, PrintWriter err, String... args) {
    try {
      Utf8Arguments.check(args);
    } catch (CliException e) {
      err.println("anabranch: " + e.getMessage());
      err.flush();
      return e.exitCode();
    }
    return run(out, err, args);
  }

  /** Runs one command line in this JVM. */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    var failures = new Failures();
    var commandLine = new CommandLine(new Anabranch());
    for (var more : ServiceLoader.load(MoreCommands.class)) {
      more.addTo(commandLine);
    }
    describe(commandLine);
    return commandLine
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .execute(args);
  }

  /** What users wrote is Unicode, whatever the terminal is thought to take. */
  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /** What the help of all commands has in common. */
  private static void describe(CommandLine command) {
    command
        .getCommandSpec()
        .usageMessage()
        .autoWidth(true)
        .sortOptions(false)
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(EXIT_CODES);
    for (var subcommand : command.getSubcommands().values()) {
      // Picocli's own mixin has a --version, which there is an aggregate's.
      subcommand.getCommandSpec().addOption(help());
      describe(subcommand);
    }
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }
  }

  private static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .description("Shows this help.")
        .build();
  }

  private static Map<String, String> exitCodes() {
    var codes = new LinkedHashMap<String, String>();
    codes.put(code(ExitCode.OK), "fine");
    codes.put(
        code(ExitCode.PROBLEMS),
        "it found problems: a check that failed, a command that was rejected or could not be read");
    codes.put(code(ExitCode.USAGE), "wrong usage or configuration");
    codes.put(code(ExitCode.UNREACHABLE), "Kafka or a database can't be reached");
    codes.put(code(ExitCode.FAILED), "it failed for another reason");
    return codes;
  }

  private static String code(int exitCode) {
    return Integer.toString(exitCode);
  }

  boolean wantsStackTrace() {
    return stackTrace;
  }

  public boolean hasRegionOptions() {
    return region != null || hasSettings();
  }

  public boolean hasSettings() {
    return !settings.isEmpty();
  }

  /** What {@code --region} says; empty: nothing. */
  public String regionName() {
    return region == null ? "" : region;
  }

  /** The region that the options describe. */
  Region region() {
    return Region.of(jobArguments());
  }

  /** The options as a job takes them. */
  String[] jobArguments() {
    List<String> args = new ArrayList<>();
    if (config != null) {
      args.add("--config");
      args.add(config.toString());
    }
    settings.forEach((key, value) -> args.add("-D" + key + "=" + value));
    if (region != null) {
      args.add("-Dregion.name=" + region);
    }
    if (args.isEmpty()) {
      throw CliException.usage(
          "which region? Name its configuration with --config FILE or in "
              + CONFIG_VARIABLE
              + "; `anabranch demo --keep` runs a region and writes one.");
    }
    return args.toArray(new String[0]);
  }
}
