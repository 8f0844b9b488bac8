package dev.anabranch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A project that the archetype made is built and tested by Maven, and runs on a cluster; then its
 * plain domain jar runs beside the project's own job jar.
 */
class ArchetypeE2E {

  private static final String VERSION = System.getProperty("anabranch.version");

  @Test
  void aGeneratedProjectIsBuiltAndRuns() throws Exception {
    var project = generate();
    maven(project, "package");
    var target = project.resolve("target");
    assertThat(target.resolve("surefire-reports")).isDirectory();

    try (var cluster = new ClusterUnderTest("archetype")) {
      cluster.up("--databases", "1", "--slots", "1", "--shards", "4");
      cluster.run("cluster", "submit", target.resolve("shop-1.0-SNAPSHOT-job.jar").toString());
      assertThat(cluster.run("send", "Counter/1", "Increment", "{\"by\":999}"))
          .contains("accepted", "{\"value\":999}");

      cluster.run("cluster", "stop");
      cluster.run(
          "cluster",
          "submit",
          ClusterUnderTest.root()
              .resolve("jobs/target/anabranch-jobs-" + VERSION + "-job.jar")
              .toString(),
          "--domain",
          target.resolve("shop-1.0-SNAPSHOT.jar").toString());
      assertThat(cluster.attempt("send", "Counter/1", "Increment", "{\"by\":2}").text())
          .contains("rejected", "limit");
      cluster.run("verify");
    }
  }

  private static Path generate() throws Exception {
    var directory = Path.of("target", "generated").toAbsolutePath();
    delete(directory);
    Files.createDirectories(directory);
    maven(
        directory,
        "org.apache.maven.plugins:maven-archetype-plugin:3.4.1:generate",
        "-DarchetypeGroupId=dev.anabranch",
        "-DarchetypeArtifactId=anabranch-archetype",
        "-DarchetypeVersion=" + VERSION,
        "-DarchetypeCatalog=local",
        "-DgroupId=com.example",
        "-DartifactId=shop",
        "-Dpackage=com.example.shop");
    var project = directory.resolve("shop");
    // What the archetype takes unless told otherwise is this release.
    assertThat(Files.readString(project.resolve("pom.xml")))
        .contains("<anabranch.version>" + VERSION + "</anabranch.version>");
    return project;
  }

  private static void maven(Path directory, String... arguments) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("anabranch.maven.home"), "bin", "mvn").toString());
    command.add("-B");
    command.add("-ntp");
    command.add("-Dmaven.repo.local=" + System.getProperty("anabranch.maven.repository"));
    command.addAll(List.of(arguments));
    var log = directory.resolve("maven.log");
    var process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
            .start();
    assertThat(process.waitFor()).as("%s: %s", command, Files.readString(log)).isZero();
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (var tree = Files.walk(directory)) {
        for (var each : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
