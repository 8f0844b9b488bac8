package dev.anabranch.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.examples.orders.OrderCommand.AddItem;
import dev.anabranch.examples.orders.OrderCommand.RemoveItem;
import dev.anabranch.examples.orders.OrderEvent.ItemAdded;
import dev.anabranch.examples.orders.OrderEvent.OrderCreated;
import dev.anabranch.testkit.RegionsFixture;
import org.junit.jupiter.api.Test;

/** Two regions edit one order while they are cut off from each other, under each policy. */
class OrderInRegionsTest {

  /** Order 4711 with tea and milk, as both regions have it before the cut. */
  private static RegionsFixture<Order, OrderCommand, OrderEvent> order4711(
      AggregateType<Order, OrderCommand, OrderEvent> type) {
    return RegionsFixture.of(type, "eu", "us")
        .in("eu", new OrderCreated("Alice"), new ItemAdded("tea"), new ItemAdded("milk"))
        .sync();
  }

  @Test
  void aWebOrderHasWhatBothRegionsMadeOfIt() {
    var merged =
        order4711(OrdersDomain.WEB_ORDER)
            .when("eu", new AddItem("sugar"))
            .when("us", new RemoveItem("milk"))
            .expectConvergence();

    assertThat(merged.items()).containsExactly("tea", "sugar");
  }

  @Test
  void aContractOrderWaitsForAPerson() {
    var cut =
        order4711(OrdersDomain.CONTRACT_ORDER)
            .when("eu", new AddItem("sugar"))
            .when("us", new RemoveItem("milk"))
            .sync();

    var branches = cut.expectConflict();
    var withSugar = branches.get(0);

    assertThat(withSugar.dot()).hasToString("eu:4");
    assertThat(cut.choose("us", withSugar.dot()).expectConvergence().items())
        .containsExactly("tea", "milk", "sugar");
  }

  @Test
  void anOrderWithAHomeIsChangedThereOnly() {
    var order = order4711(OrdersDomain.ORDER).when("eu", new AddItem("sugar"));

    assertThatThrownBy(() -> order.when("us", new RemoveItem("milk")))
        .hasMessageContaining("not-home");
    assertThat(order.expectConvergence().items()).containsExactly("tea", "milk", "sugar");
  }

  @Test
  void theNextCommitJoinsTheBranches() {
    var joined =
        order4711(OrdersDomain.WEB_ORDER)
            .when("eu", new AddItem("sugar"))
            .when("us", new RemoveItem("milk"))
            .sync()
            .when("eu", new AddItem("lemon"))
            .sync();

    assertThat(joined.branchesIn("us"))
        .singleElement()
        .satisfies(branch -> assertThat(branch.dot()).hasToString("eu:5"));
  }
}
