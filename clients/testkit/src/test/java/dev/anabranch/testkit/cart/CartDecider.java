package dev.anabranch.testkit.cart;

import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.ReplicatedDecider;
import dev.anabranch.causality.EventContext;
import dev.anabranch.testkit.cart.CartCommand.AddItem;
import dev.anabranch.testkit.cart.CartCommand.RemoveItem;
import dev.anabranch.testkit.cart.CartCommand.WriteNote;
import dev.anabranch.testkit.cart.CartEvent.ItemAdded;
import dev.anabranch.testkit.cart.CartEvent.ItemRemoved;
import dev.anabranch.testkit.cart.CartEvent.NoteWritten;

final class CartDecider implements ReplicatedDecider<Cart, CartCommand, CartEvent> {

  @Override
  public Cart initialState() {
    return Cart.EMPTY;
  }

  @Override
  public Decision<CartEvent> decide(Cart cart, CartCommand command, DecisionContext context) {
    if (command instanceof AddItem add) {
      return add.quantity() > 0
          ? Decision.accepted(new ItemAdded(add.item(), add.quantity()))
          : Decision.rejected("not-positive", "add at least one");
    }
    if (command instanceof RemoveItem remove) {
      return cart.items().contains(remove.item())
          ? Decision.accepted(new ItemRemoved(remove.item()))
          : Decision.unchanged();
    }
    if (command instanceof WriteNote write) {
      return Decision.accepted(new NoteWritten(write.text()));
    }
    throw new IllegalArgumentException("no rule for " + command);
  }

  @Override
  public Cart evolve(Cart cart, CartEvent event, EventContext at) {
    if (event instanceof ItemAdded added) {
      return cart.withItems(cart.items().add(added.item(), added.quantity(), at));
    }
    if (event instanceof ItemRemoved removed) {
      return cart.withItems(cart.items().remove(removed.item(), at));
    }
    if (event instanceof NoteWritten written) {
      return cart.withNote(cart.note().set(written.text(), at));
    }
    throw new IllegalArgumentException("no fold for " + event);
  }
}
