package dev.anabranch.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.ReplicatedDecider;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.codec.JsonUpcaster;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommitFoldTest {

  record Happened(String name) {}

  /** Where events stood, in the order in which they came. */
  record Seen(List<String> places) {}

  private static final RegionId EU = new RegionId("eu");
  private static final RegionId US = new RegionId("us");

  private static final class Placing implements ReplicatedDecider<Seen, String, Happened> {
    @Override
    public Seen initialState() {
      return new Seen(List.of());
    }

    @Override
    public Decision<Happened> decide(Seen state, String command, DecisionContext context) {
      return Decision.unchanged();
    }

    @Override
    public Seen evolve(Seen state, Happened event, EventContext at) {
      var longer = new ArrayList<>(state.places());
      longer.add(event.name() + "@" + at);
      return new Seen(longer);
    }
  }

  private static <S> AggregateType<S, String, Happened> type(
      Decider<S, String, Happened> decider, Class<S> state) {
    return AggregateType.named("T", decider)
        .commands(JsonCodec.single("Command", 1, String.class))
        .events(
            JsonCodec.single("Happened", 2, Happened.class),
            JsonUpcaster.split(
                "Happened",
                1,
                old ->
                    List.of(
                        new JsonUpcaster.Part("Happened", 2, old.deepCopy().put("name", "x")),
                        new JsonUpcaster.Part("Happened", 2, old.deepCopy().put("name", "y")))))
        .state(JsonCodec.single("State", 1, state))
        .build();
  }

  private static Outcome commit(byte[] causality) {
    var events =
        EventsBlob.encode(
            List.of(event(2, "{\"name\":\"a\"}"), event(1, "{}"), event(2, "{\"name\":\"b\"}")));
    return new Outcome(
        RowKind.COMMIT,
        new AggregateKey("T", "1"),
        3,
        "c",
        "",
        new Dot(EU, 2),
        new Stamp(1, 77, 0),
        new Blobs(causality, Blobs.EMPTY, Blobs.EMPTY, events));
  }

  private static EncodedMessage event(int schemaVersion, String json) {
    return new EncodedMessage("Happened", schemaVersion, json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tellsEachEventItsPlaceWhichUpcastersDoNotMove() {
    var context = VectorTime.of(Map.of(EU, 1L, US, 4L));
    var causality = CausalityBlob.encode(new Causality(context, List.of(), VectorTime.ZERO, ""));

    var seen =
        CommitFold.apply(
            type(new Placing(), Seen.class), new Seen(List.of()), Commit.of(commit(causality)));

    assertThat(seen.places())
        .containsExactly(
            "a@eu:2 after {eu:1,us:4} at 77",
            "x@eu:2.1 after {eu:1,us:4} at 77",
            "y@eu:2.1.1 after {eu:1,us:4} at 77",
            "b@eu:2.2 after {eu:1,us:4} at 77");
  }

  @Test
  void aReplicatedDeciderHasNoFoldWithoutContext() {
    assertThatThrownBy(() -> new Placing().evolve(new Seen(List.of()), new Happened("a")))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("evolve(state, event, at)");
  }
}
