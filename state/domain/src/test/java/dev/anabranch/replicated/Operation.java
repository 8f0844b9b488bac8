package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import java.util.List;
import java.util.Random;

/**
 * One random operation.
 *
 * @param key of a map, or an element
 * @param inner element or key of the value in the map
 */
record Operation(Kind kind, String key, String inner, int amount) {

  static final int KINDS = Kind.values().length;

  /** What is done. */
  enum Kind {
    GROW,
    COUNT,
    LAST_SET,
    LAST_CLEAR,
    MULTI_SET,
    MULTI_CLEAR,
    SET_ADD,
    SET_REMOVE,
    SET_CLEAR,
    PERMIT_ADD,
    PERMIT_REMOVE,
    CART_ADD,
    CART_REMOVE,
    CART_CLEAR,
    NESTED_COUNT,
    NESTED_REMOVE_INNER,
    NESTED_REMOVE,
    CARTS_ADD,
    CARTS_REMOVE_INNER,
    CARTS_REMOVE,
    SETS_ADD,
    SETS_REMOVE_INNER,
    SETS_REMOVE,
    LASTS_SET,
    LASTS_CLEAR_INNER,
    LASTS_REMOVE,
    MULTIS_SET,
    MULTIS_REMOVE,
    PERMITS_ADD,
    PERMITS_REMOVE_INNER,
    PERMITS_REMOVE,
    GROWS_ADD,
    GROWS_REMOVE
  }

  /** Half of all operations are near the focus, so that they meet. */
  static Operation random(Random random, int focus) {
    var kinds = Kind.values();
    var near = Math.min(kinds.length - 1, focus / 3 * 3 + random.nextInt(3));
    var kind = random.nextBoolean() ? kinds[near] : kinds[random.nextInt(kinds.length)];
    var names = List.of("a", "b");
    return new Operation(
        kind, names.get(random.nextInt(2)), names.get(random.nextInt(2)), 1 + random.nextInt(3));
  }

  Everything applyTo(Everything all, EventContext at) {
    var item = new Everything.Item(key, amount);
    return switch (kind) {
      case GROW -> all.with(all.grow().add(amount, at));
      case COUNT -> all.with(all.count().add(amount - 2, at));
      case LAST_SET -> all.with(all.last().set(key, at));
      case LAST_CLEAR -> all.with(all.last().clear(at));
      case MULTI_SET -> all.with(all.multi().set(amount, at));
      case MULTI_CLEAR -> all.with(all.multi().clear(at));
      case SET_ADD -> all.withSet(all.set().add(item, at));
      case SET_REMOVE -> all.withSet(all.set().remove(item, at));
      case SET_CLEAR -> all.withSet(all.set().clear(at));
      case PERMIT_ADD -> all.withPermits(all.permits().add(key, at));
      case PERMIT_REMOVE -> all.withPermits(all.permits().remove(key, at));
      case CART_ADD -> all.withCart(all.cart().add(key, amount, at));
      case CART_REMOVE -> all.withCart(all.cart().remove(key, at));
      case CART_CLEAR -> all.withCart(all.cart().clear(at));
      default -> all.with(mapped(all.maps(), at));
    };
  }

  private Everything.Maps mapped(Everything.Maps maps, EventContext at) {
    var nested = maps.nested();
    var carts = maps.carts();
    var sets = maps.sets();
    var lasts = maps.lasts();
    var multis = maps.multis();
    var permits = maps.permits();
    var grows = maps.grows();
    switch (kind) {
      case NESTED_COUNT ->
          nested = nested.update(key, at, m -> m.update(inner, at, c -> c.add(amount - 2, at)));
      case NESTED_REMOVE_INNER -> nested = nested.update(key, at, m -> m.remove(inner, at));
      case NESTED_REMOVE -> nested = nested.remove(key, at);
      case CARTS_ADD -> carts = carts.update(key, at, c -> c.add(inner, amount, at));
      case CARTS_REMOVE_INNER -> carts = carts.update(key, at, c -> c.remove(inner, at));
      case CARTS_REMOVE -> carts = carts.remove(key, at);
      case SETS_ADD -> sets = sets.update(key, at, s -> s.add(inner, at));
      case SETS_REMOVE_INNER -> sets = sets.update(key, at, s -> s.remove(inner, at));
      case SETS_REMOVE -> sets = sets.remove(key, at);
      case LASTS_SET -> lasts = lasts.update(key, at, r -> r.set(amount, at));
      case LASTS_CLEAR_INNER -> lasts = lasts.update(key, at, r -> r.clear(at));
      case LASTS_REMOVE -> lasts = lasts.remove(key, at);
      case MULTIS_SET -> multis = multis.update(key, at, r -> r.set(amount, at));
      case MULTIS_REMOVE -> multis = multis.remove(key, at);
      case PERMITS_ADD -> permits = permits.update(key, at, s -> s.add(inner, at));
      case PERMITS_REMOVE_INNER -> permits = permits.update(key, at, s -> s.remove(inner, at));
      case PERMITS_REMOVE -> permits = permits.remove(key, at);
      case GROWS_ADD -> grows = grows.update(key, at, c -> c.add(amount, at));
      case GROWS_REMOVE -> grows = grows.clear(at);
      default -> throw new AssertionError(kind);
    }
    return new Everything.Maps(nested, carts, sets, lasts, multis, permits, grows);
  }
}
