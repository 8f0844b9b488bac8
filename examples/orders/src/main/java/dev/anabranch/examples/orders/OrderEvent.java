package dev.anabranch.examples.orders;

/** What has happened to an order. */
public sealed interface OrderEvent {

  record OrderCreated(String customer) implements OrderEvent {}

  record ItemAdded(String item) implements OrderEvent {}

  record ItemRemoved(String item) implements OrderEvent {}

  record OrderCancelled(String reason) implements OrderEvent {}
}
