package dev.anabranch.replicated;

import static dev.anabranch.replicated.Ops.p1;
import static dev.anabranch.replicated.Ops.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicatedStatesTest {

  record Cart(OrCart<String> items, Delivery delivery) {}

  record Delivery(LwwRegister<String> address, OrMap<String, OrSet<String>> slots) {}

  record WithLong(OrSet<String> names, long count) {}

  record WithList(Inner inner) {}

  record Inner(List<String> names) {}

  record WithMap(Map<String, String> names) {}

  record WithText(String name) {}

  record Empty() {}

  @SuppressWarnings("rawtypes") // what is refused
  record Raw(OrSet names) {}

  record Wild(OrMap<String, OrSet<List<?>>> names) {}

  record Endless(OrSet<String> names, Endless next) {}

  @ParameterizedTest
  @ValueSource(classes = {Cart.class, Everything.class, PnCounter.class, OrMap.class})
  void acceptsWhatIsWhollyReplicated(Class<?> state) {
    assertThat(ReplicatedStates.isReplicated(state)).isTrue();
    assertThatCode(() -> ReplicatedStates.check(state)).doesNotThrowAnyException();
  }

  @Test
  void namesTheComponentAndTheRemedy() {
    refuses(WithLong.class, "component count is of long", "PnCounter or GrowCounter");
    refuses(WithList.class, "component inner.names is of java.util.List", "an OrSet, an OrCart");
    refuses(WithMap.class, "component names is of java.util.Map", "an OrMap");
    refuses(WithText.class, "component name is of java.lang.String", "an LwwRegister");
    refuses(String.class, "it is of java.lang.String", "a record of replicated data types");
    refuses(Empty.class, "it has no components", "give it some");
    refuses(Raw.class, "component names leaves its element type open", "name a class");
    refuses(Wild.class, "component names leaves its element type open", "name a class");
    refuses(Endless.class, "nested too deeply", "make it flatter");
  }

  private static void refuses(Class<?> state, String component, String remedy) {
    assertThat(ReplicatedStates.isReplicated(state)).isFalse();
    assertThatThrownBy(() -> ReplicatedStates.check(state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(state.getName())
        .hasMessageContaining(component)
        .hasMessageContaining(remedy);
  }

  @Test
  void collectsInAllPartsAndKeepsTheStateIfThereIsNothingToCollect() {
    var at = p1(1, 0);
    var cart =
        new Cart(
            OrCart.<String>empty().add("apple", 2, at),
            new Delivery(
                LwwRegister.<String>empty().set("here", at),
                OrMap.<String, OrSet<String>>of(OrSet.empty())
                    .update("monday", at, slots -> slots.add("9:00", at))));

    var stable = ReplicatedStates.stable(cart, time(1, 0));

    assertThat(stable.items().lines().get(0).amounts().unstable()).isEmpty();
    var slot = stable.delivery().slots().entries().get(0);
    assertThat(slot.events()).isEmpty();
    assertThat(slot.value().entries().get(0).events()).isEmpty();
    assertThat(stable.delivery().address()).isEqualTo(cart.delivery().address());
    assertThat(ReplicatedStates.stable(stable, time(1, 0))).isSameAs(stable);
    assertThat(ReplicatedStates.stable(cart, time(0, 0))).isSameAs(cart);
  }

  @Test
  void collectsInAStateThatIsOneType() {
    var set = OrSet.<String>empty().add("a", p1(1, 0));

    assertThat(ReplicatedStates.stable(set, time(1, 0)).entries().get(0).events()).isEmpty();
  }

  @Test
  void refusesToCollectInAnyOtherState() {
    assertThatThrownBy(() -> ReplicatedStates.stable(new WithText("x"), time(1, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("component name");
  }
}
