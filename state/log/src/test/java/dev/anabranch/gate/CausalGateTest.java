package dev.anabranch.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verdict for every relation of a commit to what was applied, as seen by region a. */
class CausalGateTest {

  private static final RegionId A = new RegionId("a");

  private final CausalGate gate = new CausalGate(A);

  @ParameterizedTest(name = "{0}: applied {1}, commit {2} with context {3} -> {4}")
  @CsvSource(
      delimiter = '|',
      value = {
        "first of its origin          | ''       | b1 | ''       | release",
        "next of its origin           | a2 b1    | b2 | b1       | release",
        "and all else that it saw     | a2 b1 c3 | b2 | a2 b1 c3 | release",
        "less than was applied        | a2 b1 c3 | b2 | b1 c1    | release",
        "again                        | b2       | b2 | b1       | duplicate",
        "older                        | b2       | b1 | ''       | duplicate",
        "a gap                        | b1       | b3 | b2       | hold b2",
        "a wide gap                   | ''       | b9 | b8       | hold b8",
        "another's is missing         | b1       | b2 | b1 c1    | hold c1",
        "own one is missing           | b1       | b2 | a4 b1    | hold a4",
        "covered, and never received  | a1 b1 c1 | c2 | a1 b1 c1 | release",
        "covered by its own context   | b5 c9    | a1 | ''       | release own",
        "own, known                   | a2       | a2 | a1       | duplicate own",
        "own, beyond                  | a2       | a3 | a2       | release own",
        "own, far beyond              | a2       | a5 | a4       | hold a4 own",
        "own, waits for another's     | a2       | a3 | a2 b1    | hold b1 own",
      })
  void judges(String what, String applied, String dot, String context, String verdict) {
    var arrival = arrival(dot, context, false);

    assertThat(gate.verdict(time(applied), any -> false, arrival)).isEqualTo(verdict(verdict));
    assertThat(gate.verdict(time(applied), any -> false, arrival(dot, context, true)))
        .as("a tombstone is judged alike")
        .isEqualTo(verdict(verdict));
  }

  @Test
  void aPayloadFillsAHollowDotAndATombstoneDoesNot() {
    var hollow = Set.of(dot("b1"));

    assertThat(gate.verdict(time("b2"), hollow::contains, arrival("b1", "", false)))
        .isEqualTo(new GateVerdict.Fill());
    assertThat(gate.verdict(time("b2"), hollow::contains, arrival("b1", "", true)))
        .isEqualTo(new GateVerdict.Duplicate(false));
    assertThat(gate.verdict(time("b2"), hollow::contains, arrival("b2", "b1", false)))
        .isEqualTo(new GateVerdict.Duplicate(false));
  }

  private static GateVerdict verdict(String text) {
    var words = text.split(" ");
    var own = words[words.length - 1].equals("own");
    return switch (words[0]) {
      case "release" -> new GateVerdict.Release(own);
      case "duplicate" -> new GateVerdict.Duplicate(own);
      case "hold" -> new GateVerdict.Hold(dot(words[1]), own);
      default -> throw new IllegalArgumentException(text);
    };
  }

  static Arrival arrival(String dot, String context, boolean tombstone) {
    return new Arrival(dot(dot), 1, time(context), tombstone);
  }

  static Dot dot(String text) {
    return new Dot(new RegionId(text.substring(0, 1)), Long.parseLong(text.substring(1)));
  }

  static VectorTime time(String text) {
    Map<RegionId, Long> entries = new TreeMap<>();
    if (!text.isEmpty()) {
      Stream.of(text.split(" "))
          .map(CausalGateTest::dot)
          .forEach(dot -> entries.put(dot.origin(), dot.n()));
    }
    return VectorTime.of(entries);
  }
}
