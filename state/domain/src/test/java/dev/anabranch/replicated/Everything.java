package dev.anabranch.replicated;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.codec.JsonCodec;
import java.nio.charset.StandardCharsets;

/** A state with every replicated data type, also in maps. */
record Everything(
    GrowCounter grow,
    PnCounter count,
    LwwRegister<String> last,
    MvRegister<Integer> multi,
    OrSet<Item> set,
    TwoPhaseSet<String> permits,
    OrCart<String> cart,
    Maps maps) {

  private static final JsonCodec<Everything> CODEC =
      JsonCodec.single("Everything", 1, Everything.class);

  static final Everything NOTHING =
      new Everything(
          GrowCounter.ZERO,
          PnCounter.ZERO,
          LwwRegister.empty(),
          MvRegister.empty(),
          OrSet.empty(),
          TwoPhaseSet.empty(),
          OrCart.empty(),
          new Maps(
              OrMap.of(OrMap.of(PnCounter.ZERO)),
              OrMap.of(OrCart.empty()),
              OrMap.of(OrSet.empty()),
              OrMap.of(LwwRegister.empty()),
              OrMap.of(MvRegister.empty()),
              OrMap.of(TwoPhaseSet.empty()),
              OrMap.of(GrowCounter.ZERO)));

  record Item(String name, int size) {}

  record Maps(
      OrMap<String, OrMap<String, PnCounter>> nested,
      OrMap<String, OrCart<String>> carts,
      OrMap<String, OrSet<String>> sets,
      OrMap<String, LwwRegister<Integer>> lasts,
      OrMap<String, MvRegister<Integer>> multis,
      OrMap<String, TwoPhaseSet<String>> permits,
      OrMap<String, GrowCounter> grows) {}

  String json() {
    return new String(CODEC.encode(this).data(), StandardCharsets.UTF_8);
  }

  static Everything ofJson(String json) {
    return CODEC.decode(new EncodedMessage("Everything", 1, json.getBytes(StandardCharsets.UTF_8)));
  }

  Everything with(GrowCounter changed) {
    return new Everything(changed, count, last, multi, set, permits, cart, maps);
  }

  Everything with(PnCounter changed) {
    return new Everything(grow, changed, last, multi, set, permits, cart, maps);
  }

  Everything with(LwwRegister<String> changed) {
    return new Everything(grow, count, changed, multi, set, permits, cart, maps);
  }

  Everything with(MvRegister<Integer> changed) {
    return new Everything(grow, count, last, changed, set, permits, cart, maps);
  }

  Everything withSet(OrSet<Item> changed) {
    return new Everything(grow, count, last, multi, changed, permits, cart, maps);
  }

  Everything withPermits(TwoPhaseSet<String> changed) {
    return new Everything(grow, count, last, multi, set, changed, cart, maps);
  }

  Everything withCart(OrCart<String> changed) {
    return new Everything(grow, count, last, multi, set, permits, changed, maps);
  }

  Everything with(Maps changed) {
    return new Everything(grow, count, last, multi, set, permits, cart, changed);
  }

  /** All that a decider could ask. */
  String answers() {
    var text = new StringBuilder();
    text.append(grow.value()).append(' ').append(count.value());
    text.append(last.value()).append(multi.values()).append(set.elements());
    text.append(permits.elements()).append(cart.quantities());
    for (var key : maps.nested.keys()) {
      var inner = maps.nested.get(key);
      inner.keys().forEach(k -> text.append(key).append(k).append(inner.get(k).value()));
      text.append(key).append(inner.keys());
    }
    maps.carts.keys().forEach(k -> text.append(k).append(maps.carts.get(k).quantities()));
    maps.sets.keys().forEach(k -> text.append(k).append(maps.sets.get(k).elements()));
    maps.lasts.keys().forEach(k -> text.append(k).append(maps.lasts.get(k).value()));
    maps.multis.keys().forEach(k -> text.append(k).append(maps.multis.get(k).values()));
    maps.permits.keys().forEach(k -> text.append(k).append(maps.permits.get(k).elements()));
    maps.grows.keys().forEach(k -> text.append(k).append(maps.grows.get(k).value()));
    return text.toString();
  }
}
