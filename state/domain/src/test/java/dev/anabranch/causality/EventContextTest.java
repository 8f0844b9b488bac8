package dev.anabranch.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventContextTest {

  private static final RegionId A = new RegionId("a");
  private static final RegionId B = new RegionId("b");
  private static final EventContext AT =
      EventContext.of(new Dot(A, 3), VectorTime.of(Map.of(A, 2L, B, 5L)), 7).event(1, 1);

  @ParameterizedTest
  @CsvSource({
    "a:1, true", "a:2.7, true", "a:3, true", "a:3.0.9, true", "a:3.1, true", "a:3.1.1, true",
    "a:3.1.2, false", "a:3.2, false", "a:4, false", "b:5, true", "b:5.9.9, true", "b:6, false",
    "c:1, false"
  })
  void coversWhatTheDeciderHadSeenAndWhatTheCommitHoldsUpToIt(String other, boolean isCovered) {
    assertThat(AT.covers(EventId.parse(other))).isEqualTo(isCovered);
  }

  @Test
  void eventsOfOneCommitDifferByTheirPlace() {
    assertThat(AT.id()).hasToString("a:3.1.1");
    assertThat(AT.event(0, 0).id()).hasToString("a:3");
    assertThat(AT.event(2, 0).id()).hasToString("a:3.2");
    assertThat(AT.event(2, 0).dot()).isEqualTo(AT.dot());
    assertThat(AT.event(2, 0).hlc()).isEqualTo(7);
  }

  @Test
  void theContextIsReadOnDemandAndOnce() {
    var reads = new AtomicInteger();
    var at =
        EventContext.of(
            new Dot(A, 1),
            () -> {
              reads.incrementAndGet();
              return VectorTime.ZERO;
            },
            1);

    assertThat(at.covers(at.event(0, 0).id())).isTrue();
    assertThat(reads).hasValue(0);
    assertThat(at.context()).isEqualTo(VectorTime.ZERO);
    assertThat(at.event(4, 0).context()).isEqualTo(VectorTime.ZERO);
    assertThat(reads).hasValue(1);
  }

  @Test
  void idsAreOrderedByRegionCommitAndPlace() {
    var ids = new String[] {"a:2", "a:2.0.1", "a:2.1", "a:10", "b:1"};
    for (var i = 1; i < ids.length; i++) {
      assertThat(EventId.parse(ids[i - 1])).isLessThan(EventId.parse(ids[i]));
      assertThat(EventId.parse(ids[i])).hasToString(ids[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a:",
        ":1",
        "a:0",
        "a:-1",
        "a:+1",
        "a:01",
        "a:1.",
        "a:1.0",
        "a:1.1.0",
        "a:1.1.1.1",
        "A:1",
        "a:1 ",
        "a:1.-1",
        "a:99999999999999999999"
      })
  void anIdIsReadOnlyAsItIsWritten(String text) {
    assertThatThrownBy(() -> EventId.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no event id");
  }

  @Test
  void placesCountFromZero() {
    assertThatThrownBy(() -> AT.event(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> AT.event(0, -1)).isInstanceOf(IllegalArgumentException.class);
  }
}
