package dev.anabranch.playground.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TellerTest {

  @Test
  void saysWhatBecameOfACommand() {
    assertThat(Teller.told(reply(ReplyStatus.ACCEPTED, ReplyBody.EMPTY))).isEqualTo("done");
    assertThat(
            Teller.told(
                reply(
                    ReplyStatus.REJECTED,
                    ReplyBody.reason("insufficient-funds", "not enough money", Map.of()))))
        .isEqualTo("refused: not enough money");
    assertThat(Teller.told(reply(ReplyStatus.ERROR, ReplyBody.reason("not-home", "far", Map.of()))))
        .isEqualTo("failed: not-home");
  }

  @Test
  void saysWhichServersAreMissing() {
    assertThatThrownBy(() -> new Teller("")).isInstanceOf(IllegalArgumentException.class);
  }

  private static CommandReply reply(ReplyStatus status, ReplyBody body) {
    return new CommandReply(
        "c1", new AggregateKey("Account", "4711"), status, body, null, false, ReplyTarget.DEFAULT);
  }
}
