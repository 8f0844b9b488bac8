package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CorrelationTest {

  private final Correlation correlation = new Correlation(42);

  @Test
  void aClientKnowsItsOwnCommands() {
    assertThat(correlation.decode(correlation.encode(7))).isEqualTo(7);
  }

  @Test
  void whatOthersSentIsNotOurs() {
    assertThat(correlation.decode(new Correlation(43).encode(7))).isNull();
    assertThat(correlation.decode(new byte[] {1})).isNull();
    assertThat(correlation.decode(new byte[0])).isNull();
    assertThat(correlation.decode(null)).isNull();
  }
}
