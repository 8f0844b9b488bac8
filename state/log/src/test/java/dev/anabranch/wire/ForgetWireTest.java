package dev.anabranch.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.ForgottenRows;
import dev.anabranch.wire.blob.WireFormatException;
import org.junit.jupiter.api.Test;

class ForgetWireTest {

  private static final ForgottenRows ROWS =
      new ForgottenRows("eu", 17, 1_000, 1_024, 1_700_000_000_000_000L, "kim", "disk gone");

  @Test
  void whatItSaysIsReadBack() {
    var message = ForgetWire.encode(ROWS);

    assertThat(ForgetWire.isForget(message)).isTrue();
    assertThat(ForgetWire.decode(message)).isEqualTo(ROWS);
  }

  @Test
  void aReleaseThatDoesNotKnowItTakesItForNoRow() {
    assertThatThrownBy(() -> EventWire.decode(ForgetWire.encode(ROWS)))
        .isInstanceOf(WireFormatException.class);
  }
}
