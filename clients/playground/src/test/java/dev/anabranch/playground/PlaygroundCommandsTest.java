package dev.anabranch.playground;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.exit.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines of the playground that start nothing: help and mistakes. */
class PlaygroundCommandsTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "load",
        "cluster",
        "cluster up",
        "cluster submit",
        "cluster upgrade",
        "cluster rollback"
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
  void theDemoWritesIntoNoDirectoryThatHoldsSomething() throws IOException {
    Files.writeString(directory.resolve("precious.txt"), "data");

    assertThat(run("demo", "--directory", directory.toString())).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("must be empty");
    assertThat(directory.resolve("precious.txt")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"my cluster", "projekt-ü", "proj[1]", "a,b"})
  void aFolderThatNotAllServersTakeIsRefusedBeforeAnythingIsMade(String name) {
    var folder = directory.resolve(name);

    assertThat(run("cluster", "up", "--folder", folder.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(run("demo", "--directory", folder.toString())).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("the cluster's folder can't be " + folder);
    assertThat(err.toString()).contains("--folder or ANABRANCH_CLUSTER");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void theDemoTakesRegionsAndTopologiesThatThereAre() {
    assertThat(run("demo", "--regions", "a,b_c")).isEqualTo(ExitCode.USAGE);
    assertThat(run("demo", "--regions", "A,a")).isEqualTo(ExitCode.USAGE);
    assertThat(run("demo", "--topology", "star")).isEqualTo(ExitCode.USAGE);
    assertThat(run("demo", "--topology", "six-sites", "--regions", "x,y"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("demo", "--story", "cut,war")).isEqualTo(ExitCode.USAGE);
    assertThat(run("demo", "--story", "twin", "--regions", "a")).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString())
        .contains("'b_c' must be 1 to 16 of a-z, 0-9 and -, such as eu-west")
        .contains("--regions must be 1 to 6 different names")
        .contains("--topology must be mesh, ring, hub or six-sites, is star")
        .contains("has the regions a,b,c,d,e,f; leave out --regions")
        .contains("there is no story war; there are crash, rebuild, cut, twin, and all")
        .contains("--story cut and twin need two regions");
  }

  private int run(String... args) {
    return Anabranch.run(new PrintWriter(out), new PrintWriter(err), args);
  }
}
