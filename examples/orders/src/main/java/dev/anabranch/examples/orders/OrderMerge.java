package dev.anabranch.examples.orders;

import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.LiveVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one order of versions that grew apart: what any of them added is in it, what any of them
 * removed is not, and it is cancelled if any of them cancelled it. If several created the order,
 * the customer of the latest counts.
 */
final class OrderMerge implements ConflictResolver<Order> {

  @Override
  public String id() {
    return "order-merge-1";
  }

  @Override
  public Order resolve(List<LiveVersion<Order>> live, Order base) {
    var customer = base.customer();
    var cancelled = base.cancelled();
    var removed = new HashMap<String, Integer>();
    var added = new ArrayList<String>();
    for (var version : live) {
      var order = version.state();
      if (!order.customer().equals(base.customer())) {
        customer = order.customer();
      }
      cancelled |= order.cancelled();
      added.addAll(without(order.items(), counts(base.items())));
      // Two that remove the same item mean the same one.
      counts(without(base.items(), counts(order.items())))
          .forEach((item, count) -> removed.merge(item, count, Math::max));
    }
    var items = new ArrayList<>(without(base.items(), removed));
    items.addAll(added);
    return new Order(customer, items, cancelled);
  }

  /** The items but for so many of each, the first ones of them. */
  private static List<String> without(List<String> items, Map<String, Integer> leftOut) {
    var still = new HashMap<>(leftOut);
    var rest = new ArrayList<String>();
    for (var item : items) {
      if (still.merge(item, -1, Integer::sum) < 0) {
        rest.add(item);
      }
    }
    return rest;
  }

  private static Map<String, Integer> counts(List<String> items) {
    var counts = new HashMap<String, Integer>();
    items.forEach(item -> counts.merge(item, 1, Integer::sum));
    return counts;
  }
}
