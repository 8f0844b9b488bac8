package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.exit.Utf8Arguments;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** How a command ends that does not end well. */
class FailuresTest {

  private final StringWriter err = new StringWriter();

  @Test
  void memoryThatIsUsedUpIsNoFindingAndNamesTheRemedy() {
    var code =
        Failures.guard(
            new PrintWriter(err),
            () -> {
              throw new OutOfMemoryError("Java heap space");
            });

    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("Java heap space")
        .contains("ANABRANCH_JAVA_OPTS=-Xmx")
        .doesNotContain("\tat ");
  }

  @Test
  void anyOtherErrorIsNoFinding() {
    var code =
        Failures.guard(
            new PrintWriter(err),
            () -> {
              throw new StackOverflowError();
            });

    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("StackOverflowError").contains("\tat ");
  }

  @Test
  void anExitCodeIsLeftAlone() {
    assertThat(Failures.guard(new PrintWriter(err), () -> ExitCode.PROBLEMS))
        .isEqualTo(ExitCode.PROBLEMS);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void anArgumentThatTheLocaleGarbledIsRefused() {
    assertThatThrownBy(() -> Utf8Arguments.check("send", "Account/m\uFFFD\uFFFDller"))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("argument 2")
        .hasMessageContaining("LC_ALL=C.UTF-8")
        .extracting(e -> ((CliException) e).exitCode())
        .isEqualTo(ExitCode.USAGE);
    assertThatCode(() -> Utf8Arguments.check("send", "Account/müller")).doesNotThrowAnyException();
  }
}
