package dev.anabranch.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.ReplicatedDecider;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.replicated.LwwRegister;
import dev.anabranch.replicated.OrCart;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Both fixtures on a cart of replicated data types, and on a cart whose evolve breaks the rule. */
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

  /** Looks at the state in evolve, which concurrent events have changed in one region only. */
  private static final class LookingDecider implements ReplicatedDecider<Cart, Put, Changed> {
    @Override
    public Cart initialState() {
      return new Cart(OrCart.empty(), LwwRegister.empty());
    }

    @Override
    public Decision<Changed> decide(Cart cart, Put put, DecisionContext context) {
      return Decision.accepted(new Changed(put.item(), put.quantity()));
    }

    @Override
    public Cart evolve(Cart cart, Changed event, EventContext at) {
      return cart.items().isEmpty()
          ? new Cart(cart.items().add(event.item(), event.quantity(), at), cart.note())
          : cart;
    }
  }

  private static AggregateType<Cart, Put, Changed> type(
      ReplicatedDecider<Cart, Put, Changed> decider) {
    return AggregateType.named("Cart", decider)
        .commands(JsonCodec.single("Put", 1, Put.class))
        .events(JsonCodec.single("Changed", 1, Changed.class))
        .state(JsonCodec.single("Cart", 1, Cart.class))
        .replication(ReplicationPolicy.replicatedTypes())
        .build();
  }

  private static final AggregateType<Cart, Put, Changed> CART = type(new CartDecider());

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
    var looking = RegionsFixture.of(type(new LookingDecider()), "eu", "us");
    var sequential = looking.in("eu", new Changed("a", 1)).sync().in("us", new Changed("b", 1));
    var concurrent = looking.in("eu", new Changed("a", 1)).in("us", new Changed("b", 1));

    assertThat(sequential.expectConvergence().items().quantities()).isEqualTo(Map.of("a", 1L));
    assertThatThrownBy(concurrent::expectConvergence)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("regions diverge")
        .hasMessageContaining("[eu:1, us:1]")
        .hasMessageContaining("[us:1, eu:1]");
  }

  @Test
  void replicatedDataTypesHaveNoBranches() {
    var cut = regions.in("eu", new Changed("a", 1)).in("us", new Changed("b", 1)).sync();

    assertThat(cut.branchesIn("eu")).isEmpty();
    assertThatThrownBy(cut::expectConflict).hasMessageContaining("no open conflict");
    assertThatThrownBy(() -> cut.choose("eu", Dot.parse("eu:1")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("nothing to choose");
    assertThatThrownBy(() -> cut.whenOn("eu", Dot.parse("eu:1"), new Put("c", 1)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("has no branches");
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
