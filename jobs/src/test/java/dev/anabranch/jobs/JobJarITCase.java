package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.Domain;
import dev.anabranch.embedded.SecuredKafka;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.testkit.sample.TextCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.client.program.PackagedProgramUtils;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar that users submit, with its own copies of Kafka, the MySQL driver and everything else, on
 * a cluster that loads it as clusters do. Maven's {@code package} makes it before this runs.
 */
class JobJarITCase {

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  @TempDir Path directory;

  @Test
  void theJobRunsFromItsJarWithADomainFromBesideIt() throws Exception {
    submitJar();

    assertThat(region.handle("Purse/a", "deposit 1").status()).isEqualTo(ReplyStatus.ACCEPTED);
    region.verify();
  }

  /** Login modules are found by name: in the jar, not in the cluster. */
  @Test
  void theJobLogsInWithWhatItsFileNames() throws Exception {
    try (var kafka = SecuredKafka.start(directory.resolve("kafka"))) {
      kafka.setPassword("jobs", "jobs-s3cret");
      kafka.grant("jobs", ResourceType.TOPIC, "*", AclOperation.ALL);
      kafka.grant("jobs", ResourceType.GROUP, "*", AclOperation.ALL);
      region.in(kafka.broker()).option("kafka.bootstrap-servers", kafka.bootstrapServers());
      kafka
          .login("jobs", "jobs-s3cret")
          .forEach((key, value) -> region.option("kafka.properties." + key, value));
      region.option(
          "kafka.properties.ssl.truststore.certificates",
          "${file:" + kafka.certificate().certificateFile() + "}");
      submitJar();

      assertThat(region.handle("Purse/a", "deposit 1").status()).isEqualTo(ReplyStatus.ACCEPTED);
      region.verify();
      region.job().kill();
    }
  }

  private void submitJar() throws Exception {
    var program =
        PackagedProgram.newBuilder()
            .setJarFile(jobJar().toFile())
            .setUserClassPaths(placesOfDomains())
            .setConfiguration(region.clusterConfiguration())
            .setArguments("--config", configFile().toString())
            .build();
    try {
      region
          .submit(
              PackagedProgramUtils.createJobGraph(program, region.clusterConfiguration(), 1, false))
          .awaitRunning();
    } finally {
      program.close();
    }
  }

  @Test
  void servicesOfAllDependenciesAreInTheJar() throws IOException {
    assertThat(services("java.sql.Driver")).contains("com.mysql.cj.jdbc.Driver");
    assertThat(services("org.flywaydb.core.extensibility.Plugin"))
        .contains("org.flywaydb.database.mysql.MySQLDatabaseType")
        .contains("org.flywaydb.core.internal.");
  }

  private static String services(String type) throws IOException {
    try (var jar = new JarFile(jobJar().toFile());
        var entry = jar.getInputStream(jar.getEntry("META-INF/services/" + type))) {
      return new String(entry.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Path jobJar() throws IOException {
    try (var files = Files.list(Path.of("target"))) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("-job.jar"))
          .findFirst()
          .orElseThrow(
              () -> new IllegalStateException("no job jar in target: run mvn package before"));
    }
  }

  private Path configFile() throws IOException {
    var yaml =
        region.settings().entrySet().stream()
            .map(entry -> entry.getKey() + ": \"" + entry.getValue().replace("\"", "\\\"") + "\"")
            .collect(Collectors.joining("\n"));
    return Files.writeString(directory.resolve("command.yaml"), yaml);
  }

  /** Class path entries that name domains, as a user's jar does, and what these domains use. */
  private static List<URL> placesOfDomains() throws IOException {
    var name = "META-INF/services/" + Domain.class.getName();
    var places = new ArrayList<URL>();
    for (var url : Collections.list(JobJarITCase.class.getClassLoader().getResources(name))) {
      places.add(
          url.openConnection() instanceof JarURLConnection jar
              ? jar.getJarFileURL()
              : directoryOf(url, name));
    }
    places.add(TextCodec.class.getProtectionDomain().getCodeSource().getLocation());
    return places;
  }

  private static URL directoryOf(URL file, String name) {
    try {
      var text = file.toString();
      return URI.create(text.substring(0, text.length() - name.length())).toURL();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
