package dev.anabranch.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

  @Test
  void ofALogTheLastFailureCountsNotTheGoodbyesBehindIt() {
    var log =
        """
        09:43:45.000 WARN  o.a.f.Some first
        java.lang.IllegalStateException: an earlier one
        \tat some.Code.line(Code.java:1)
        09:43:45.100 ERROR o.a.f.Other the program failed
        java.lang.IllegalStateException: no license
        \tat some.Code.line(Code.java:1)
        09:43:45.150 ERROR o.a.f.r.r.h.j.c.SomeHandler Unhandled exception.
        java.lang.IllegalStateException: a request that came too early
        \tat some.Code.line(Code.java:1)
        09:43:45.193 INFO  o.a.f.Goodbye Shutting down
        09:43:45.194 INFO  o.a.f.Goodbye Shut down
        """;

    assertThat(StackTraces.lastOf(log.lines().toList()))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith("09:43:45.100 ERROR")
                    .contains("no license")
                    .doesNotContain("Goodbye", "earlier"));
    assertThat(StackTraces.lastOf(List.of("09:43:45.193 INFO  o.a.f.Goodbye x"))).isEmpty();
    assertThat(StackTraces.lastOf(List.of())).isEmpty();
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
