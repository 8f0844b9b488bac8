package dev.anabranch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class UpcasterChainTest {

  @Test
  void leavesCurrentMessagesAlone() {
    var message = message("Opened", 3, "x");

    assertThat(UpcasterChain.of(List.of()).apply(message)).containsExactly(message);
    assertThat(UpcasterChain.of(List.of(raise("Opened", 1))).apply(message))
        .containsExactly(message);
  }

  @Test
  void appliesOneAfterTheOtherUntilNoneFits() {
    var chain = UpcasterChain.of(List.of(raise("Opened", 2), raise("Opened", 1)));

    assertThat(texts(chain.apply(message("Opened", 1, "x")))).containsExactly("Opened 3 x++");
  }

  @Test
  void splitsInOrderAndUpcastsTheParts() {
    var split =
        upcaster("Moved", 1, old -> List.of(message("Left", 1, "l"), message("Arrived", 2, "a")));
    var chain = UpcasterChain.of(List.of(split, raise("Left", 1)));

    assertThat(texts(chain.apply(message("Moved", 1, ""))))
        .containsExactly("Left 2 l+", "Arrived 2 a");
  }

  @Test
  void dropsWhatHasLostItsMeaning() {
    var chain = UpcasterChain.of(List.of(upcaster("Noise", 1, old -> List.of())));

    assertThat(chain.apply(message("Noise", 1, ""))).isEmpty();
  }

  @Test
  void refusesTwoReadersOfOneVersion() {
    assertThatThrownBy(() -> UpcasterChain.of(List.of(raise("Opened", 1), raise("Opened", 1))))
        .hasMessageContaining("Opened version 1");
  }

  @Test
  void endsACircle() {
    var there = upcaster("A", 1, old -> List.of(message("B", 1, "")));
    var back = upcaster("B", 1, old -> List.of(message("A", 1, "")));
    var chain = UpcasterChain.of(List.of(there, back));

    assertThatThrownBy(() -> chain.apply(message("A", 1, "")))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("circle");
  }

  @Test
  void endsACircleThatGrows() {
    var twins = upcaster("A", 1, old -> List.of(message("A", 1, ""), message("A", 1, "")));

    assertThatThrownBy(() -> UpcasterChain.of(List.of(twins)).apply(message("A", 1, "")))
        .isInstanceOf(CodecException.class);
  }

  private static Upcaster raise(String type, int version) {
    return upcaster(
        type,
        version,
        old ->
            List.of(
                message(type, version + 1, new String(old.data(), StandardCharsets.UTF_8) + "+")));
  }

  private static Upcaster upcaster(
      String type, int version, Function<EncodedMessage, List<EncodedMessage>> change) {
    return new Upcaster() {
      @Override
      public String type() {
        return type;
      }

      @Override
      public int schemaVersion() {
        return version;
      }

      @Override
      public List<EncodedMessage> upcast(EncodedMessage old) {
        return change.apply(old);
      }
    };
  }

  private static EncodedMessage message(String type, int version, String data) {
    return new EncodedMessage(type, version, data.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> texts(List<EncodedMessage> messages) {
    return messages.stream()
        .map(
            m ->
                m.type()
                    + " "
                    + m.schemaVersion()
                    + " "
                    + new String(m.data(), StandardCharsets.UTF_8))
        .toList();
  }
}
