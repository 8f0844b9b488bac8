package dev.anabranch.testkit.cart;

/** What can be asked of a cart. */
public sealed interface CartCommand {

  record AddItem(String item, long quantity) implements CartCommand {}

  record RemoveItem(String item) implements CartCommand {}

  record WriteNote(String text) implements CartCommand {}
}
