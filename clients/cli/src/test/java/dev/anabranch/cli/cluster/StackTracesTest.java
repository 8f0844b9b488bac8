package dev.anabranch.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StackTracesTest {

  @Test
  void everyCauseIsShownHoweverManyFramesStandBeforeIt() {
    var trace =
        "Outer: stopped\nfor good\n" + frames(20) + "Caused by: Inner: no license\n" + frames(9);

    assertThat(StackTraces.shortened(trace))
        .isEqualTo(
            "Outer: stopped\nfor good\n"
                + shown(4)
                + "Caused by: Inner: no license\n"
                + shown(2).stripTrailing());
  }

  @Test
  void oneThatNeverEndsIsCut() {
    var trace = ("Caused by: again\n" + frames(3)).repeat(50);

    assertThat(StackTraces.shortened(trace).lines()).hasSize(30);
  }

  @Test
  void nothingIsLeftAsItIs() {
    assertThat(StackTraces.shortened("")).isEmpty();
  }

  private static String frames(int count) {
    return shown(count) + "\t... 7 more\n";
  }

  private static String shown(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\tat some.Code.line(Code.java:" + i + ")\n")
        .collect(Collectors.joining());
  }
}
