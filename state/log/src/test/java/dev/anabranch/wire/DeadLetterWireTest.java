package dev.anabranch.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.values.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class DeadLetterWireTest {

  private static final int LIMIT = 20_000;

  @Test
  void keepsTheRecordAndSaysWhyAndWhereFrom() {
    var original =
        new MessageRecord(
            new byte[] {1}, new byte[] {2, 3}, List.of(new RecordHeader("x", new byte[] {-1})));
    var message = encode(original, "some reason");

    assertThat(message.key()).containsExactly(1);
    assertThat(message.value()).containsExactly(2, 3);
    assertThat(message.headers().get(0)).isSameAs(original.headers().get(0));
    assertThat(note(message, Headers.DEAD_LETTER_CODE)).isEqualTo("poison");
    assertThat(note(message, Headers.DEAD_LETTER_MESSAGE)).isEqualTo("some reason");
    assertThat(note(message, Headers.DEAD_LETTER_TOPIC)).isEqualTo("commands");
    assertThat(note(message, Headers.DEAD_LETTER_PARTITION)).isEqualTo("3");
    assertThat(note(message, Headers.DEAD_LETTER_OFFSET)).isEqualTo("99");
    assertThat(note(message, Headers.DEAD_LETTER_TRUNCATED)).isNull();
  }

  @Test
  void keepsAMissingKeyAndValueMissing() {
    var message = encode(new MessageRecord(null, null, List.of()), "");

    assertThat(message.key()).isNull();
    assertThat(message.value()).isNull();
  }

  @Test
  void cutsTheValueFirst() {
    var value = new byte[30_000];
    Arrays.fill(value, (byte) 7);
    var small = new RecordHeader("small", new byte[100]);
    var message = encode(new MessageRecord(new byte[] {1}, value, List.of(small)), "why");

    assertThat(RecordSize.of(message)).isLessThanOrEqualTo(LIMIT);
    assertThat(message.value()).hasSizeGreaterThan(18_000);
    assertThat(message.headers()).contains(small);
    assertThat(note(message, Headers.DEAD_LETTER_TRUNCATED))
        .isEqualTo(
            "value cut from 30000 to " + message.value().length + " bytes; 0 headers dropped");
  }

  @Test
  void thenDropsTheLargestHeaders() {
    var large = new RecordHeader("large", new byte[30_000]);
    var small = new RecordHeader("small", new byte[100]);
    var message = encode(new MessageRecord(null, new byte[500], List.of(large, small)), "why");

    assertThat(RecordSize.of(message)).isLessThanOrEqualTo(LIMIT);
    assertThat(message.headers()).contains(small).doesNotContain(large);
    assertThat(note(message, Headers.DEAD_LETTER_TRUNCATED))
        .isEqualTo("value cut from 500 to 0 bytes; 1 headers dropped");
  }

  @Test
  void refusesALimitThatItsOwnHeadersWouldExceed() {
    var letter = letter(new MessageRecord(null, null, List.of()), "");

    assertThatThrownBy(() -> DeadLetterWire.encode(letter, 100)).hasMessageContaining("100");
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void neverExceedsTheLimit(@ForAll("records") MessageRecord original) {
    assertThat(RecordSize.of(encode(original, "x".repeat(5_000)))).isLessThanOrEqualTo(LIMIT);
  }

  @Provide
  Arbitrary<MessageRecord> records() {
    var sizes = Arbitraries.integers().between(0, 25_000);
    var headers =
        Combinators.combine(Values.texts(30), sizes)
            .as((name, size) -> new RecordHeader(name, new byte[size]));
    return Combinators.combine(
            sizes.map(size -> new byte[size]).injectNull(0.2),
            sizes.map(size -> new byte[size]).injectNull(0.2),
            headers.list().ofMaxSize(5))
        .as((key, value, list) -> new MessageRecord(key, value, new ArrayList<>(list)));
  }

  private static MessageRecord encode(MessageRecord original, String reason) {
    return DeadLetterWire.encode(letter(original, reason), LIMIT);
  }

  private static DeadLetter letter(MessageRecord original, String reason) {
    var source = new SourcePosition("commands", 3, 99, 1);
    var record = new CommandRecord(CommandRecord.unroutable(source), original, source);
    return new DeadLetter(record, "poison", reason);
  }

  private static String note(MessageRecord message, String name) {
    return Headers.text(message.headers(), name);
  }
}
