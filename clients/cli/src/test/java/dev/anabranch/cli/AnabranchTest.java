package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.exit.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines that need no region: help, mistakes, and regions that are not there. */
class AnabranchTest {

  private static final String SECRET = "kq7-very-secret";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send",
        "history",
        "state",
        "verify",
        "events",
        "events republish",
        "schema",
        "schema migrate",
        "schema validate",
        "replay-check"
      })
  void everyCommandHasHelpWithExamples(String command) {
    assertThat(run((command + " --help").split(" "))).isEqualTo(ExitCode.OK);

    assertThat(out.toString())
        .contains("Usage: anabranch " + command)
        .contains("Examples:")
        .contains("Exit codes:")
        .contains("--config");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aMistypedCommandIsAUsageErrorWithASuggestion() {
    assertThat(run("verfy")).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("verfy").contains("Did you mean: anabranch verify");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aMissingArgumentIsAUsageErrorThatPointsToTheHelp() {
    assertThat(run("history")).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("AGGREGATE").contains("anabranch history --help");
  }

  @Test
  void withoutAConfigurationItSaysHowToNameOne() {
    assertThat(run("verify")).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("--config FILE").contains("ANABRANCH_CONFIG");
    assertThat(err.toString().lines()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void aConfigurationThatIsNotThereIsNamed() {
    assertThat(run("verify", "--config", "no/such.yaml")).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("no/such.yaml");
  }

  @Test
  void mistakesInTheConfigurationAreNamedWithoutSecretsAndStackTrace() throws IOException {
    var config = config(1, 1);

    assertThat(run("verify", "--config", config, "-D", "region.shard-count=many"))
        .isEqualTo(ExitCode.USAGE);

    assertThat(err.toString())
        .contains("region.shard-count")
        .doesNotContain(SECRET)
        .doesNotContain("\tat ");
  }

  @Test
  void theOptionsMayStandBeforeTheCommand() throws IOException {
    assertThat(run("--config", config(1, 1), "-D", "no.such.key=1", "verify"))
        .isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("no.such.key");
  }

  @Test
  void databasesThatAreDownAreUnreachable() throws IOException {
    assertThat(run("history", "Account/1", "--config", config(closedPort(), closedPort())))
        .isEqualTo(ExitCode.UNREACHABLE);

    assertThat(err.toString()).contains("north").doesNotContain(SECRET).doesNotContain("\tat ");
  }

  @Test
  void theStackTraceIsShownIfAskedFor() throws IOException {
    var config = config(closedPort(), closedPort());

    assertThat(run("history", "Account/1", "--config", config, "--stacktrace"))
        .isEqualTo(ExitCode.UNREACHABLE);

    assertThat(err.toString()).contains("\tat ").doesNotContain(SECRET);
  }

  @Test
  void anAggregateKeyWithoutTypeIsAUsageError() throws IOException {
    assertThat(run("history", "4711", "--config", config(1, 1))).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("type/id");
  }

  @Test
  void badJsonOnTheCommandLineIsAUsageError() throws IOException {
    var config = config(1, 1);

    assertThat(run("send", "Account/1", "Deposit", "{amount:5}", "--config", config))
        .isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("Deposit for Account/1: is no valid JSON");
  }

  @Test
  void aFileThatIsNotThereIsAUsageError() throws IOException {
    assertThat(run("send", "--file", "none.jsonl", "--config", config(1, 1)))
        .isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("can't read none.jsonl");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--id q",
        "--schema-version 7",
        "--expected-version 99",
        "--expected-revision zz",
        "--on x:1",
        "--meta a=b"
      })
  void whatIsForOneCommandIsRefusedWithAFileOfThem(String option) throws IOException {
    var file = Files.writeString(directory.resolve("commands.jsonl"), "{}");

    assertThat(run(("send --file " + file + " " + option + " --config " + config(1, 1)).split(" ")))
        .isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains(option.split(" ")[0] + " is for one command");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--rate 1", "--in-flight 5"})
  void whatIsForAFileIsRefusedWithOneCommand(String option) throws IOException {
    var line = "send Account/1 Deposit {} " + option + " --config " + config(1, 1);

    assertThat(run(line.split(" "))).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains(option.split(" ")[0] + " is for the commands of a --file");
  }

  @Test
  void optionsThatWouldHaveNoEffectAreRefused() throws IOException {
    var config = config(1, 1);
    var republish = "events republish --aggregate Account/1 --from 5 --config " + config;

    assertThat(run("verify", "--wait", "5", "--config", config)).isEqualTo(ExitCode.USAGE);
    assertThat(run("verify", "--across", "a,b", "--store-only")).isEqualTo(ExitCode.USAGE);
    assertThat(run("verify", "--across", "a,b", "-D", "x=y")).isEqualTo(ExitCode.USAGE);
    assertThat(run("verify", "--across", config + "," + config)).isEqualTo(ExitCode.USAGE);
    assertThat(run(republish.split(" "))).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString())
        .contains("--wait is for --across")
        .contains("--store-only checks one region")
        .contains("--region and -D are for one region")
        .contains("give each region once")
        .contains("--from is for shards, not for --aggregate");
  }

  @Test
  void aFileInUtf16IsAUsageError() throws IOException {
    var file = directory.resolve("commands.jsonl");
    Files.write(file, "{}".getBytes(java.nio.charset.StandardCharsets.UTF_16));

    assertThat(run("send", "--file", file.toString(), "--config", config(1, 1)))
        .isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("commands.jsonl is UTF-16; make it UTF-8");
  }

  private int run(String... args) {
    return Anabranch.run(new PrintWriter(out), new PrintWriter(err), args);
  }

  private String config(int kafkaPort, int databasePort) throws IOException {
    var file = directory.resolve("region.yaml");
    Files.writeString(
        file,
        """
        region.name: eu
        region.shard-count: 8
        kafka.bootstrap-servers: 127.0.0.1:%d
        store:
          databases: [north]
          connect-timeout: 1 s
          database.north:
            url: jdbc:mysql://127.0.0.1:%d/anabranch
            user: anabranch
            password: %s
        """
            .formatted(kafkaPort, databasePort, SECRET));
    return file.toString();
  }

  private static int closedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
