package dev.anabranch.testkit.cart;

/** What happens to a cart. */
public sealed interface CartEvent {

  record ItemAdded(String item, long quantity) implements CartEvent {}

  record ItemRemoved(String item) implements CartEvent {}

  record NoteWritten(String text) implements CartEvent {}
}
