package dev.anabranch.testkit.cart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.replicated.ReplicatedStates;
import dev.anabranch.testkit.DomainFixture;
import dev.anabranch.testkit.RegionsFixture;
import dev.anabranch.testkit.cart.CartCommand.AddItem;
import dev.anabranch.testkit.cart.CartCommand.RemoveItem;
import dev.anabranch.testkit.cart.CartCommand.WriteNote;
import dev.anabranch.testkit.cart.CartEvent.ItemAdded;
import dev.anabranch.testkit.cart.CartEvent.ItemRemoved;
import dev.anabranch.testkit.cart.CartEvent.NoteWritten;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CartTest {

  private static final AggregateType<Cart, CartCommand, CartEvent> CART =
      AggregateType.named("Cart", new CartDecider())
          .commands(
              JsonCodec.<CartCommand>builder()
                  .type("AddItem", 1, AddItem.class)
                  .type("RemoveItem", 1, RemoveItem.class)
                  .type("WriteNote", 1, WriteNote.class)
                  .build())
          .events(
              JsonCodec.<CartEvent>builder()
                  .type("ItemAdded", 1, ItemAdded.class)
                  .type("ItemRemoved", 1, ItemRemoved.class)
                  .type("NoteWritten", 1, NoteWritten.class)
                  .build())
          .state(JsonCodec.single("Cart", 1, Cart.class))
          .replication(ReplicationPolicy.replicatedTypes())
          .build();

  @Test
  void anItemThatIsAddedWhileItIsRemovedElsewhereStays() {
    var cart =
        RegionsFixture.of(CART, "eu", "us")
            .when("eu", new AddItem("apple", 2))
            .sync()
            .when("eu", new RemoveItem("apple"))
            .when("us", new AddItem("apple", 3))
            .expectConvergence();

    assertThat(cart.items().quantities()).isEqualTo(Map.of("apple", 3L));
  }

  @Test
  void ofTwoConcurrentNotesAllRegionsKeepTheSame() {
    var cart =
        RegionsFixture.of(CART, "eu", "us")
            .when("eu", new WriteNote("ring twice"))
            .when("us", new WriteNote("leave it at the door"))
            .expectConvergence();

    assertThat(cart.note().value()).contains("leave it at the door");
  }

  @Test
  void removesOnlyWhatIsThereAndAddsOnlyWhatIsSome() {
    var cart = DomainFixture.of(CART).given(new ItemAdded("apple", 2));

    cart.when(new RemoveItem("apple")).expectEvents(new ItemRemoved("apple"));
    cart.when(new RemoveItem("pear")).expectUnchanged();
    cart.when(new AddItem("pear", 0)).expectRejection("not-positive");
  }

  @Test
  void isWhollyReplicated() {
    assertThatCode(() -> ReplicatedStates.check(Cart.class)).doesNotThrowAnyException();
  }
}
