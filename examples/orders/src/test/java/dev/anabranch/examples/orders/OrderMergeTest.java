package dev.anabranch.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of orders that several regions changed at once. */
class OrderMergeTest {

  private static final Order BASE = order("Alice", "tea", "tea", "milk");

  @Test
  void whatAnyRegionAddedIsInIt() {
    assertThat(merged(BASE, BASE.withItem("sugar"), BASE.withItem("tea")))
        .isEqualTo(order("Alice", "tea", "tea", "milk", "sugar", "tea"));
  }

  @Test
  void whatAnyRegionRemovedIsNot() {
    assertThat(merged(BASE, BASE.withoutItem("milk"), BASE.withItem("sugar")))
        .isEqualTo(order("Alice", "tea", "tea", "sugar"));
  }

  @Test
  void twoRegionsThatRemoveOneItemMeanTheSame() {
    assertThat(merged(BASE, BASE.withoutItem("tea"), BASE.withoutItem("tea")))
        .isEqualTo(order("Alice", "tea", "milk"));
  }

  @Test
  void anOrderThatOneRegionCancelledIsCancelled() {
    var cancelled = new Order(BASE.customer(), BASE.items(), true);

    assertThat(merged(BASE, cancelled, BASE.withItem("sugar")).cancelled()).isTrue();
  }

  @Test
  void ofTwoCreationsTheLaterNamesTheCustomer() {
    assertThat(merged(Order.NONE, order("Alice", "tea"), order("Bob")))
        .isEqualTo(order("Bob", "tea"));
  }

  /** Of versions in the order of their time. */
  private static Order merged(Order base, Order... versions) {
    var live = new ArrayList<LiveVersion<Order>>();
    for (var version : versions) {
      var n = live.size() + 1;
      live.add(new LiveVersion<>(new Dot(new RegionId("r" + n), 1), n, version));
    }
    return new OrderMerge().resolve(live, base);
  }

  private static Order order(String customer, String... items) {
    return new Order(customer, List.of(items), false);
  }
}
