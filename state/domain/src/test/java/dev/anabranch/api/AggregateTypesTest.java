package dev.anabranch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.codec.JsonCodec;
import dev.anabranch.codec.JsonUpcaster;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AggregateTypesTest {

  record Add(int amount) {}

  record Added(int amount) {}

  record Sum(int value) {}

  private static final Decider<Sum, Add, Added> SUMS =
      new Decider<>() {
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
      };

  @Test
  void findsATypeByItsName() {
    var sums = type("Sum").build();
    var types = AggregateTypes.of(() -> List.of(sums));

    assertThat(types.find("Sum")).containsSame(sums);
    assertThat(types.find("sum")).isEmpty();
    assertThat(types.all()).containsExactly(sums);
  }

  @Test
  void refusesTwoTypesOfOneName() {
    assertThatThrownBy(
            () ->
                AggregateTypes.of(
                    () -> List.of(type("Sum").build()), () -> List.of(type("Sum").build())))
        .hasMessageContaining("Sum is registered twice");
  }

  @Test
  void saysHowToRegisterADomain() {
    assertThatThrownBy(() -> AggregateTypes.load(new ClassLoader(null) {}))
        .hasMessageContaining("META-INF/services/dev.anabranch.api.Domain");
  }

  @Test
  void namesWhatATypeLacks() {
    assertThatThrownBy(() -> AggregateType.named("Sum", SUMS).build())
        .hasMessageContaining("Sum has no commands");
    assertThatThrownBy(() -> AggregateType.named("a b", SUMS)).hasMessageContaining("'a b'");
  }

  @Test
  void refusesAStateThatIsNotMadeOfReplicatedTypes() {
    var sums = type("Sum").replication(ReplicationPolicy.replicatedTypes());

    assertThatThrownBy(sums::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Sum");
  }

  @Test
  void writesResultsAsTextUnlessToldOtherwise() {
    var sums = type("Sum").build();

    assertThat(sums.encodeResult(17)).isEqualTo("17".getBytes(StandardCharsets.UTF_8));
    assertThat(sums.resultContentType()).startsWith("text/plain");
  }

  @Test
  void needsExactlyOneStateFromUpcasters() {
    var sums =
        AggregateType.named("Sum", SUMS)
            .commands(JsonCodec.single("Add", 1, Add.class))
            .events(JsonCodec.single("Added", 1, Added.class))
            .state(
                JsonCodec.single("Sum", 2, Sum.class),
                JsonUpcaster.split("Sum", 1, old -> List.of()))
            .build();

    assertThatThrownBy(
            () ->
                sums.decodeState(
                    new EncodedMessage("Sum", 1, "{}".getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("exactly one");
  }

  private static AggregateType.Builder<Sum, Add, Added> type(String name) {
    return AggregateType.named(name, SUMS)
        .commands(JsonCodec.single("Add", 1, Add.class))
        .events(JsonCodec.single("Added", 1, Added.class))
        .state(JsonCodec.single("Sum", 1, Sum.class));
  }
}
