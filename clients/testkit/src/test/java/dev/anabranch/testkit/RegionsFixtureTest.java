package dev.anabranch.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.ReplicatedDecider;
import dev.anabranch.causality.EventContext;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.replicated.LwwRegister;
import dev.anabranch.replicated.OrCart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Both fixtures on a cart of replicated data types, and on a list that only looks like one. */
class RegionsFixtureTest {

  record Cart(OrCart<String> items, LwwRegister<String> note) {}

  /** Adds so many of an item; 0: takes it out; below: is rejected. */
  record Put(String item, long quantity) {}

  record Changed(String item, long quantity) {}

  private static final class CartDecider implements ReplicatedDecider<Cart, Put, Changed> {
    @Override
    public Cart initialState() {
      return new Cart(OrCart.empty(), LwwRegister.empty());
    }

    @Override
    public Decision<Changed> decide(Cart cart, Put put, DecisionContext context) {
      if (put.quantity() < 0) {
        return Decision.rejected("negative", "put in at least one");
      }
      if (put.quantity() == 0 && !cart.items().contains(put.item())) {
        return Decision.unchanged();
      }
      return Decision.accepted(new Changed(put.item(), put.quantity()));
    }

    @Override
    public Cart evolve(Cart cart, Changed event, EventContext at) {
      var items =
          event.quantity() == 0
              ? cart.items().remove(event.item(), at)
              : cart.items().add(event.item(), event.quantity(), at);
      return new Cart(items, cart.note().set(event.item(), at));
    }
  }

  record Names(List<String> names) {}

  private static final class ListDecider implements Decider<Names, Put, Changed> {
    @Override
    public Names initialState() {
      return new Names(List.of());
    }

    @Override
    public Decision<Changed> decide(Names state, Put put, DecisionContext context) {
      return Decision.accepted(new Changed(put.item(), put.quantity()));
    }

    @Override
    public Names evolve(Names state, Changed event) {
      var longer = new ArrayList<>(state.names());
      longer.add(event.item());
      return new Names(longer);
    }
  }

  private static <S> AggregateType<S, Put, Changed> type(
      Decider<S, Put, Changed> decider, Class<S> state) {
    return AggregateType.named("Cart", decider)
        .commands(JsonCodec.single("Put", 1, Put.class))
        .events(JsonCodec.single("Changed", 1, Changed.class))
        .state(JsonCodec.single("Cart", 1, state))
        .build();
  }

  private static final AggregateType<Cart, Put, Changed> CART = type(new CartDecider(), Cart.class);

  private final RegionsFixture<Cart, Put, Changed> regions = RegionsFixture.of(CART, "eu", "us");

  @Test
  void oneRegionSeesWhatItDid() {
    var cart =
        DomainFixture.of(CART)
            .given(new Changed("apple", 2), new Changed("pear", 1), new Changed("apple", 0))
            .when(new Put("apple", 5))
            .expectEvents(new Changed("apple", 5))
            .state();

    assertThat(cart.items().quantities()).isEqualTo(Map.of("apple", 5L, "pear", 1L));
    assertThat(cart.note().value()).contains("apple");
    DomainFixture.of(CART).when(new Put("apple", 0)).expectUnchanged();
  }

  @Test
  void regionsThatAreCutOffSeeTheirOwnAndConvergeInTheEnd() {
    var cut =
        regions
            .when("eu", new Put("apple", 2))
            .sync()
            .when("eu", new Put("apple", 0))
            .when("us", new Put("apple", 3))
            .in("us", new Changed("pear", 1));

    assertThat(cut.stateIn("eu").items().isEmpty()).isTrue();
    assertThat(cut.stateIn("us").items().quantity("apple")).isEqualTo(5);
    assertThat(cut.expectConvergence().items().quantities())
        .isEqualTo(Map.of("apple", 3L, "pear", 1L));
    assertThat(cut.send("us", "eu").stateIn("eu")).isEqualTo(cut.expectConvergence());
  }

  @Test
  void aRejectedCommandIsNoEvent() {
    assertThatThrownBy(() -> regions.when("eu", new Put("apple", -1)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("code=negative");
  }

  @Test
  void findsAStateThatDependsOnTheOrderOfArrival() {
    var lists = RegionsFixture.of(type(new ListDecider(), Names.class), "eu", "us");
    var sequential = lists.in("eu", new Changed("a", 1)).sync().in("us", new Changed("b", 1));
    var concurrent = lists.in("eu", new Changed("a", 1)).in("us", new Changed("b", 1));

    assertThat(sequential.expectConvergence().names()).containsExactly("a", "b");
    assertThatThrownBy(concurrent::expectConvergence)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("regions diverge")
        .hasMessageContaining("{\"names\":[\"a\",\"b\"]}")
        .hasMessageContaining("{\"names\":[\"b\",\"a\"]}");
  }

  @Test
  void triesNoMoreOrdersThanItsLimit() {
    var many = regions;
    for (var i = 0; i < 8; i++) {
      many = many.in("eu", new Changed("a", 1)).in("us", new Changed("a", 1));
    }

    assertThat(many.expectConvergence().items().quantity("a")).isEqualTo(16);
  }

  @Test
  void needsRegionsToBeNamed() {
    assertThatThrownBy(() -> RegionsFixture.of(CART, "eu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least two regions");
    assertThatThrownBy(() -> regions.stateIn("asia"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("region asia is not one of [eu, us]");
  }
}
