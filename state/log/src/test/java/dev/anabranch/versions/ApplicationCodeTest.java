package dev.anabranch.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApplicationCodeTest {

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("in getMessage");
    }
  }

  @Test
  void aProblemIsNeverEmptyAndNeverThrows() {
    assertThat(ApplicationCode.problem(new IllegalStateException("why")))
        .isEqualTo("java.lang.IllegalStateException: why");
    assertThat(ApplicationCode.problem(new IllegalStateException()))
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(ApplicationCode.problem(new RuntimeException() {})).isNotBlank();
    assertThat(ApplicationCode.problem(new Unreadable()))
        .contains("its message can't be read", "IllegalStateException");
    assertThat(ApplicationCode.problem(new AssertionError("x".repeat(1 << 20))))
        .hasSizeLessThan(ApplicationCode.MAX_LENGTH + 10);
    assertThat(ApplicationCode.problem(new StackOverflowError())).contains("StackOverflowError");
  }

  @Test
  void whatSaysThatTheMachineCannotGoOnIsThrownAgain() {
    var memory = new OutOfMemoryError("heap");

    assertThatThrownBy(() -> ApplicationCode.problem(memory)).isSameAs(memory);
    assertThat(ApplicationCode.problem(new InternalError("x"))).contains("InternalError: x");
    assertThat(
            ApplicationCode.problem(
                new OutOfMemoryError("Required length exceeds implementation limit")))
        .contains("Required length");
    assertThat(
            ApplicationCode.problem(new OutOfMemoryError("Requested array size exceeds VM limit")))
        .contains("Requested array size");
  }

  /**
   * What Java gives a meaning to when it ends or interrupts a thread has none when it comes out of
   * application code: a thread that is interrupted is told by its flag, which stays.
   */
  @Test
  @SuppressWarnings("removal") // applications may still throw it
  void whatLooksLikeTheEndOfAThreadIsAProblemLikeAnyOther() {
    for (var thrown :
        List.of(
            new InterruptedException("told to stop"),
            new ThreadDeath(),
            new InternalError("in the machine"),
            new UnknownError("unknown"),
            new ClosedByInterruptException(),
            new LinkageError("no class"))) {
      assertThat(ApplicationCode.problem(thrown)).startsWith(thrown.getClass().getName());
    }

    Thread.currentThread().interrupt();
    assertThat(ApplicationCode.problem(new InterruptedException())).isNotBlank();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatCannotBeLoggedIsReplaced() {
    var plain = new IllegalStateException("x", new RuntimeException("y"));
    var hidden = new IllegalStateException("x", new Unreadable());

    assertThat(ApplicationCode.loggable(plain)).isSameAs(plain);
    assertThat(ApplicationCode.loggable(hidden))
        .isNotSameAs(hidden)
        .hasMessage("java.lang.IllegalStateException: x");
  }
}
