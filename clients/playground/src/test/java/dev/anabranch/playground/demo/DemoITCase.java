package dev.anabranch.playground.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the demo as a user does, two regions on real servers, with all of its stories. */
class DemoITCase {

  @TempDir private Path temporary;

  @Test
  void theDemoSurvivesItsCrashesAndVerifiesClean() {
    var directory = temporary.resolve("demo");
    var out = new StringWriter();
    var err = new StringWriter();

    var exitCode =
        Anabranch.run(
            new PrintWriter(out),
            new PrintWriter(err),
            "demo",
            "--regions",
            "Near,far",
            "--story",
            "all",
            "--seconds",
            "6",
            "--rate",
            "200",
            "--directory",
            directory.toString());

    assertThat(exitCode).as("%s%n%s", out, err).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .contains("insufficient-funds: the balance does not cover the amount")
        .contains("(repeated: the first outcome again)")
        .contains("version-conflict")
        .containsPattern("CRASH: the task manager is killed")
        .containsPattern("CRASH: kill -9 \\d+, the server of database south")
        .containsPattern("recovered: a command sent after the crash was answered \\d")
        .containsPattern("All \\d+ balances, folded from the store, are what the replies add up to")
        .containsPattern("errors 0")
        .containsPattern("CUT: no byte passes between far and the others")
        .containsPattern("all regions show the same, \\d+\\.\\d s after it")
        .contains("rejected (open-conflict)")
        .containsPattern("ContractOrder/c-1 +opened")
        .containsPattern("WebOrder/web-1 +resolved")
        .contains("[\"lamp\",\"desk\"]")
        .contains("\"cancelled\":false,\"customer\":\"Bob\",\"items\":[\"12 months\",\"support\"]")
        .contains("near, far: ")
        .contains("The regions hold the same.")
        .containsPattern("(?s)Store and topic are sound.*Store and topic are sound")
        .containsPattern("version 2 had caught up, and readers were switched over, after \\d")
        .containsPattern("all regions show one globe: commit far:\\d does not count")
        .doesNotContain("Not as it must be")
        .contains("Demo passed.")
        .doesNotContain("\u001b");
    assertThat(directory).as("the files of the demo").doesNotExist();
  }
}
