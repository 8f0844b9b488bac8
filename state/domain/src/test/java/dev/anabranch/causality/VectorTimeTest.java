package dev.anabranch.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The truth table of all relations, then what a time is and how it is written. */
class VectorTimeTest {

  private static final RegionId A = new RegionId("a");
  private static final RegionId B = new RegionId("b");
  private static final RegionId C = new RegionId("c");

  @ParameterizedTest(name = "{0}: {1} {2} {3}")
  @CsvSource(
      delimiter = ';',
      value = {
        "VT-1  ; a1 b2    ; =  ; a1 b2",
        "VT-2  ; a1 b2    ; >  ; a1 b1",
        "VT-3  ; a1 b2    ; || ; a2 b1",
        "VT-4  ; a1 b2    ; <  ; a1 b2 c2",
        "VT-5  ; a1 b2    ; || ; a1 c2",
        "VT-6  ; a1 b2    ; >  ; a1 c0",
        "VT-9  ; n2 m1    ; <  ; n2 m1 o1",
        "VT-10 ; n1       ; || ; m1",
        "VT-10 ; n1       ; >  ; ''",
        "VT-11 ; n2 m1    ; || ; n2 o1",
        "VT-13 ; n1 m1    ; || ; n2",
        "VT-15 ; n1 o2    ; || ; n1 m1 o1",
        "zero  ; ''       ; =  ; a0",
      })
  void relates(String id, String left, String relation, String right) {
    assertRelation(time(left), relation, time(right));
    var reversed = relation.equals("<") ? ">" : relation.equals(">") ? "<" : relation;
    assertRelation(time(right), reversed, time(left));
  }

  private static void assertRelation(VectorTime left, String relation, VectorTime right) {
    assertThat(left.equals(right)).as("=").isEqualTo(relation.equals("="));
    assertThat(left.isBefore(right)).as("<").isEqualTo(relation.equals("<"));
    assertThat(left.isAfter(right)).as(">").isEqualTo(relation.equals(">"));
    assertThat(left.isBeforeOrEqual(right)).as("<=").isEqualTo("=<".contains(relation));
    assertThat(left.isConcurrentWith(right)).as("||").isEqualTo(relation.equals("||"));
    if (left.equals(right)) {
      assertThat(left).hasSameHashCodeAs(right);
    }
  }

  @ParameterizedTest(name = "{0}: {1} with {2}")
  @CsvSource(
      delimiter = '|',
      value = {"VT-8 | a1 b2 c2 | a4 c1 | a4 b2 c2", "VT-16 | d2 | a1 b2 c1 | a1 b2 c1 d2"})
  void mergesToTheGreaterEntries(String id, String left, String right, String merged) {
    assertThat(time(left).merge(time(right))).isEqualTo(time(merged));
    assertThat(time(right).merge(time(left))).isEqualTo(time(merged));
  }

  @ParameterizedTest(name = "{0} and {1}")
  @CsvSource(
      delimiter = '|',
      value = {"a1 b2 c2 | a4 c1 | a1 c1", "d2 | a1 | ''", "a1 | a1 b1 | a1", "a3 b1 | a2 | a2"})
  void leastHasTheLesserEntries(String left, String right, String least) {
    assertThat(time(left).least(time(right))).isEqualTo(time(least));
    assertThat(time(right).least(time(left))).isEqualTo(time(least));
  }

  @ParameterizedTest(name = "{0}: {1} beyond {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "VT-17 | a3 b2 d14 g22 | a4 b1 c1 d14 e5 f2 | b2 g22",
        "all   | a1 b2         | ''                 | a1 b2",
        "none  | a1 b2         | a1 b2              | ''"
      })
  void keepsWhatTheOtherDoesNotReach(String id, String left, String right, String beyond) {
    assertThat(time(left).beyond(time(right))).isEqualTo(time(beyond));
  }

  @Test
  void coversTheDotsThatItCounts() {
    assertThat(time("a2").covers(new Dot(A, 2))).isTrue();
    assertThat(time("a2").covers(new Dot(A, 3))).isFalse();
    assertThat(time("a2").covers(new Dot(B, 1))).isFalse();
  }

  /**
   * What a context takes at six regions: with names of one letter 20 to 30 bytes; longer names add
   * their length.
   */
  @Test
  void aContextOfSixRegionsIsSmall() {
    assertThat(six("a", 100).encode()).hasSize(20);
    assertThat(six("a", 1_000).encode()).hasSize(26);
    assertThat(six("eu-west-", 100).encode()).hasSize(68);
  }

  private static VectorTime six(String prefix, long value) {
    var entries = new TreeMap<RegionId, Long>();
    for (var i = 0; i < 6; i++) {
      var last = (char) ('a' + i);
      var name = prefix.length() == 1 ? String.valueOf(last) : prefix + last;
      entries.put(new RegionId(name), value);
    }
    return VectorTime.of(entries);
  }

  @Test
  void hasZeroWhereItHasNoEntry() {
    assertThat(time("a1").get(B)).isZero();
    assertThat(VectorTime.ZERO.get(A)).isZero();
  }

  @Test
  void isChangedByMakingAnother() {
    var time = time("a1 c3");

    assertThat(time.with(B, 2)).isEqualTo(time("a1 b2 c3"));
    assertThat(time.with(C, 4)).isEqualTo(time("a1 c4"));
    assertThat(time.with(A, 0)).isEqualTo(time("c3"));
    assertThat(time.with(B, 0)).isSameAs(time);
    assertThat(time("a1").with(A, 0)).isEqualTo(VectorTime.ZERO);
    assertThat(time).isEqualTo(time("a1 c3"));
  }

  @Test
  void refusesNegativeEntries() {
    assertThatThrownBy(() -> VectorTime.of(Map.of(A, -1L))).hasMessageContaining("region a");
    assertThatThrownBy(() -> VectorTime.ZERO.with(A, -1)).hasMessageContaining("region a");
  }

  @Test
  void listsItsEntriesByRegion() {
    assertThat(time("c3 a1").entries().keySet()).containsExactly(A, C);
    assertThat(time("c3 a1")).hasToString("{a:1,c:3}");
    assertThat(VectorTime.ZERO).hasToString("{}");
  }

  @Test
  void travelsAsToken() {
    var token = time("a1 b300").token();

    assertThat(token).isEqualTo("AQIBYQEBYqwC");
    assertThat(VectorTime.fromToken(token)).isEqualTo(time("a1 b300"));
    assertThat(VectorTime.fromToken(VectorTime.ZERO.token())).isSameAs(VectorTime.ZERO);
  }

  @ParameterizedTest
  @CsvSource({"!", "''", "AQ", "AgA", "AQEBYQA", "AQEBYQEA", "AQEBQQE", "AQIBYgEBYQE", "AQEBYYEA"})
  void refusesOtherTokens(String token) {
    assertThatThrownBy(() -> VectorTime.fromToken(token))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Reads "a1 b2" as {a:1,b:2}. */
  private static VectorTime time(String text) {
    var entries = new TreeMap<RegionId, Long>();
    for (var entry : text.isEmpty() ? new String[0] : text.split(" ")) {
      entries.put(new RegionId(entry.substring(0, 1)), Long.parseLong(entry.substring(1)));
    }
    return VectorTime.of(entries);
  }
}
