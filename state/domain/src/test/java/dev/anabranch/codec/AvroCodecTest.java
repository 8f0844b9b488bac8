package dev.anabranch.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** An aggregate type whose messages are not JSON: nothing but its registration says so. */
class AvroCodecTest {

  record Added(int amount) {}

  record Add(int amount) {}

  record Sum(int value) {}

  private static final AggregateType<Sum, Add, Added> SUMS =
      AggregateType.named(
              "Sum",
              new Decider<Sum, Add, Added>() {
                @Override
                public Sum initialState() {
                  return new Sum(0);
                }

                @Override
                public Decision<Added> decide(Sum state, Add command, DecisionContext context) {
                  return Decision.accepted(new Added(command.amount()));
                }

                @Override
                public Sum evolve(Sum state, Added event) {
                  return new Sum(state.value() + event.amount());
                }
              })
          .commands(JsonCodec.single("Add", 1, Add.class))
          .events(
              new AvroCodec<>(
                  SchemaBuilder.record("Added").fields().requiredInt("amount").endRecord(),
                  (added, record) -> record.put("amount", added.amount()),
                  record -> new Added((Integer) record.get("amount"))))
          .state(JsonCodec.single("Sum", 1, Sum.class))
          .build();

  @Test
  void storesAndReadsEvents() {
    var stored = SUMS.eventCodec().encode(new Added(300));

    assertThat(stored.type()).isEqualTo("Added");
    assertThat(stored.data()).containsExactly(0xd8, 0x04);
    assertThat(SUMS.decodeEvent(stored)).singleElement().extracting(Added::amount).isEqualTo(300);
  }

  @Test
  void refusesDamagedBytes() {
    assertThatThrownBy(() -> SUMS.decodeEvent(new EncodedMessage("Added", 1, new byte[0])))
        .isInstanceOf(CodecException.class);
    assertThatThrownBy(() -> SUMS.decodeEvent(new EncodedMessage("Added", 1, new byte[] {2, 2})))
        .isInstanceOf(CodecException.class);
  }
}
