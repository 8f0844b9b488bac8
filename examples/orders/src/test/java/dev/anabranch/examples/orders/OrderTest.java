package dev.anabranch.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.examples.orders.OrderCommand.AddItem;
import dev.anabranch.examples.orders.OrderCommand.CancelOrder;
import dev.anabranch.examples.orders.OrderCommand.CreateOrder;
import dev.anabranch.examples.orders.OrderCommand.RemoveItem;
import dev.anabranch.examples.orders.OrderEvent.ItemAdded;
import dev.anabranch.examples.orders.OrderEvent.ItemRemoved;
import dev.anabranch.examples.orders.OrderEvent.OrderCancelled;
import dev.anabranch.examples.orders.OrderEvent.OrderCreated;
import dev.anabranch.testkit.DomainFixture;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of an order: given events, when a command, then what. */
class OrderTest {

  private final DomainFixture<Order, OrderCommand, OrderEvent> none =
      DomainFixture.of(OrdersDomain.ORDER);
  private final DomainFixture<Order, OrderCommand, OrderEvent> created =
      none.given(new OrderCreated("Alice"));

  @Test
  void isCreatedOnce() {
    none.when(new CreateOrder("Alice"))
        .expectEvents(new OrderCreated("Alice"))
        .expectState(new Order("Alice", List.of(), false));
    none.when(new CreateOrder("")).expectRejection("no-customer");
    created.when(new CreateOrder("Bob")).expectRejection("already-created");
  }

  @Test
  void holdsItemsInTheOrderTheyCame() {
    created
        .given(new ItemAdded("tea"), new ItemAdded("milk"))
        .when(new AddItem("tea"))
        .expectEvents(new ItemAdded("tea"))
        .expectState(new Order("Alice", List.of("tea", "milk", "tea"), false));
  }

  @Test
  void losesOneOfEqualItemsAtATime() {
    created
        .given(new ItemAdded("tea"), new ItemAdded("tea"))
        .when(new RemoveItem("tea"))
        .expectEvents(new ItemRemoved("tea"))
        .expectState(new Order("Alice", List.of("tea"), false));
    created.when(new RemoveItem("tea")).expectRejection("no-such-item");
  }

  @Test
  void isBounded() {
    var full = created.given(Collections.nCopies(OrderDecider.MAX_ITEMS, new ItemAdded("tea")));

    full.when(new AddItem("tea")).expectRejection("too-many-items");
  }

  @Test
  void isCancelledForGood() {
    var cancelled = created.given(new OrderCancelled("too slow"));

    created
        .when(new CancelOrder("too slow"))
        .expectEvents(new OrderCancelled("too slow"))
        .expectState(new Order("Alice", List.of(), true));
    cancelled.when(new CancelOrder("again")).expectUnchanged();
    cancelled.when(new AddItem("tea")).expectRejection("cancelled");
    cancelled.when(new RemoveItem("tea")).expectRejection("cancelled");
  }

  @Test
  void isNothingUntilItIsCreated() {
    none.when(new AddItem("tea")).expectRejection("unknown-order");
    none.when(new CancelOrder("")).expectRejection("unknown-order");
  }

  @Test
  void isFoundByTheJobs() {
    var types = AggregateTypes.load(OrdersDomain.class.getClassLoader());

    assertThat(types.find("Order")).containsSame(OrdersDomain.ORDER);
  }
}
