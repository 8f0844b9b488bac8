package dev.anabranch.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.replicated.GrowCounter;
import dev.anabranch.replicated.LwwRegister;
import dev.anabranch.replicated.MvRegister;
import dev.anabranch.replicated.OrCart;
import dev.anabranch.replicated.OrMap;
import dev.anabranch.replicated.OrSet;
import dev.anabranch.replicated.PnCounter;
import dev.anabranch.replicated.ReplicatedStates;
import dev.anabranch.replicated.TwoPhaseSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

/** States of replicated data types as release 1 wrote them, before and after collecting. */
class ReplicatedFormatTest {

  private static final Path FOLDER = Path.of("src/test/resources/format-1");
  private static final RegionId EU = new RegionId("eu-west");
  private static final RegionId US = new RegionId("us-east");

  record State(
      OrCart<String> cart,
      PnCounter count,
      GrowCounter grow,
      LwwRegister<String> last,
      OrMap<String, OrMap<String, PnCounter>> map,
      MvRegister<String> multi,
      TwoPhaseSet<Long> permits,
      OrSet<Item> set) {}

  record Item(String name, int size) {}

  private static final JsonCodec<State> CODEC = JsonCodec.single("State", 1, State.class);
  private static final EventContext EU_1 = at(EU, 1, Map.of(), 7);
  private static final EventContext US_1 = at(US, 1, Map.of(), 7);
  private static final EventContext EU_2 = at(EU, 2, Map.of(EU, 1L), 8);

  private static final State STATE = state();
  private static final State STABLE =
      ReplicatedStates.stable(STATE, VectorTime.of(Map.of(EU, 1L, US, 1L)));

  private static EventContext at(RegionId region, long n, Map<RegionId, Long> context, int tick) {
    return EventContext.of(
        new Dot(region, n), VectorTime.of(context), (1_708_016_625_000L << 16) + tick);
  }

  private static State state() {
    var second = EU_1.event(1, 0);
    var part = EU_2.event(1, 1);
    return new State(
        OrCart.<String>empty().add("pear", 2, EU_1).add("apple", 1, US_1).add("pear", 3, part),
        PnCounter.ZERO.add(-5, EU_1),
        GrowCounter.ZERO.add(5, EU_1),
        LwwRegister.<String>empty().set("eu", EU_1).set("us", US_1),
        OrMap.<String, OrMap<String, PnCounter>>of(OrMap.of(PnCounter.ZERO))
            .update("k", EU_1, m -> m.update("x", EU_1, c -> c.add(4, EU_1)))
            .update("k", US_1, m -> m.update("x", US_1, c -> c.add(-6, US_1)))
            .update("l", second, m -> m.update("y", second, c -> c.add(1, second))),
        MvRegister.<String>empty().set("us", US_1).set("eu", second),
        TwoPhaseSet.<Long>empty().add(1L, EU_1).remove(1L, US_1).add(2L, EU_1).add(3L, part),
        OrSet.<Item>empty()
            .add(new Item("b", 1), EU_1)
            .add(new Item("b", 1), US_1)
            .add(new Item("a", 2), part));
  }

  @Test
  void isStillUnderstood() throws IOException {
    assertThat(CODEC.decode(stored("replicated-state"))).isEqualTo(STATE);
    assertThat(CODEC.decode(stored("replicated-state-stable"))).isEqualTo(STABLE);
  }

  @Test
  void isStillWritten() throws IOException {
    assertThat(written(STATE)).isEqualTo(text("replicated-state"));
    assertThat(written(STABLE)).isEqualTo(text("replicated-state-stable"));
  }

  @Test
  @Disabled(
      "writes the files: run it by hand for a new format, and read the diff before committing")
  void writesTheFiles() throws IOException {
    Files.writeString(FOLDER.resolve("replicated-state.json"), written(STATE) + "\n");
    Files.writeString(FOLDER.resolve("replicated-state-stable.json"), written(STABLE) + "\n");
  }

  private static String written(State state) {
    return new String(CODEC.encode(state).data(), StandardCharsets.UTF_8);
  }

  private static EncodedMessage stored(String file) throws IOException {
    return new EncodedMessage("State", 1, text(file).getBytes(StandardCharsets.UTF_8));
  }

  private static String text(String file) throws IOException {
    return Files.readString(FOLDER.resolve(file + ".json")).strip();
  }
}
