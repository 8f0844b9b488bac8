package dev.anabranch.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a decider may return. */
class DecisionTest {

  /** As of {@code e.getMessage()}: what stores and sends it takes no null. */
  @Test
  void aRejectionWithoutAMessageHasAnEmptyOne() {
    for (var message : new String[] {null, ""}) {
      assertThat(Decision.<String>rejected("full", message))
          .isEqualTo(new Decision.Rejected<String>("full", "", Map.of()));
      assertThat(Decision.<String>rejected("full", message, Map.of("seats", "0")))
          .isEqualTo(new Decision.Rejected<String>("full", "", Map.of("seats", "0")));
    }
  }
}
