package dev.anabranch.testkit.cart;

import dev.anabranch.replicated.LwwRegister;
import dev.anabranch.replicated.OrCart;

/** What a customer is about to order, from whatever region. */
public record Cart(OrCart<String> items, LwwRegister<String> note) {

  static final Cart EMPTY = new Cart(OrCart.empty(), LwwRegister.empty());

  Cart withItems(OrCart<String> changed) {
    return new Cart(changed, note);
  }

  Cart withNote(LwwRegister<String> changed) {
    return new Cart(items, changed);
  }
}
