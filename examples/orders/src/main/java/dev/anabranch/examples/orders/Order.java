package dev.anabranch.examples.orders;

import java.util.ArrayList;
import java.util.List;

/**
 * An order as its events made it.
 *
 * @param customer empty: not created yet
 * @param items in the order in which they were added; one may be there several times
 */
public record Order(String customer, List<String> items, boolean cancelled) {

  static final Order NONE = new Order("", List.of(), false);

  public Order {
    items = List.copyOf(items);
  }

  boolean isCreated() {
    return !customer.isEmpty();
  }

  Order withItem(String item) {
    var more = new ArrayList<>(items);
    more.add(item);
    return new Order(customer, more, cancelled);
  }

  Order withoutItem(String item) {
    var fewer = new ArrayList<>(items);
    fewer.remove(item);
    return new Order(customer, fewer, cancelled);
  }
}
