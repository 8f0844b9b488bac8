package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.embedded.SecuredKafka;
import dev.anabranch.embedded.WorkDirectory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person reads whom a Kafka cluster does not let in. */
class KafkaLoginITCase {

  private static WorkDirectory directory;
  private static SecuredKafka kafka;

  @TempDir private Path temporary;
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() {
    directory = WorkDirectory.create("login");
    kafka = SecuredKafka.start(directory.path());
    kafka.setPassword("kim", "right");
  }

  @AfterAll
  static void stop() {
    kafka.close();
    directory.close();
  }

  @Test
  void aWrongPasswordIsCalledSoAndNotShown() throws Exception {
    assertThat(send(kafka.login("kim", "wr0ng"))).isEqualTo(ExitCode.UNREACHABLE);

    assertThat(err.toString())
        .contains("Kafka at " + kafka.bootstrapServers() + " refuses this login")
        .contains("kafka.properties.sasl.*")
        .doesNotContain("wr0ng")
        .doesNotContain("\tat ");
  }

  @Test
  void aClientWithoutTlsIsToldOfIt() throws Exception {
    assertThat(send(Map.of())).isEqualTo(ExitCode.UNREACHABLE);

    assertThat(err.toString())
        .contains("Kafka at " + kafka.bootstrapServers() + " does not answer")
        .contains("kafka.properties.security.protocol")
        .doesNotContain("\tat ");
  }

  private int send(Map<String, String> login) throws Exception {
    var properties =
        login.entrySet().stream()
            .map(
                each ->
                    "kafka.properties.%s: \"%s\"%n"
                        .formatted(
                            each.getKey(),
                            each.getValue().replace("\"", "\\\"").replace("\n", "\\n")))
            .collect(Collectors.joining());
    var config =
        Files.writeString(
            temporary.resolve("region.yaml"),
            """
            region.name: eu
            region.shard-count: 8
            kafka.bootstrap-servers: %s
            store.databases: db0
            store.database.db0.url: "jdbc:mysql://127.0.0.1:1/eu"
            store.database.db0.user: kim
            store.database.db0.password: unused
            %s"""
                .formatted(kafka.bootstrapServers(), properties));
    return Anabranch.run(
        new PrintWriter(new StringWriter()),
        new PrintWriter(err),
        "send",
        "Account/1",
        "Deposit",
        "{\"amount\":1}",
        "--config",
        config.toString());
  }
}
