package dev.anabranch.api;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All upcasters of one aggregate type's events, or of its state, applied until none fits. */
public final class UpcasterChain {

  /** More steps than any real history has: reaching it means that upcasters form a cycle. */
  private static final int MAX_STEPS = 1_000;

  private static final UpcasterChain NONE = new UpcasterChain(List.of());

  private final Map<Source, Upcaster> upcasters = new HashMap<>();

  private UpcasterChain(List<Upcaster> upcasters) {
    for (var upcaster : upcasters) {
      var source = new Source(upcaster.type(), upcaster.schemaVersion());
      if (this.upcasters.put(source, upcaster) != null) {
        throw new IllegalArgumentException(
            "two upcasters read "
                + source.type
                + " version "
                + source.schemaVersion
                + "; keep one");
      }
    }
  }

  public static UpcasterChain of(List<Upcaster> upcasters) {
    return upcasters.isEmpty() ? NONE : new UpcasterChain(upcasters);
  }

  /**
   * The current messages that a stored one stands for.
   *
   * @throws CodecException if the upcasters run in a circle
   */
  public List<EncodedMessage> apply(EncodedMessage stored) {
    if (upcasters.isEmpty() || !upcasters.containsKey(sourceOf(stored))) {
      return List.of(stored);
    }
    var current = new ArrayList<EncodedMessage>();
    var open = new ArrayDeque<EncodedMessage>(List.of(stored));
    for (var steps = 0; !open.isEmpty(); steps++) {
      if (steps == MAX_STEPS) {
        throw new CodecException(
            "the upcasters of " + stored.type() + " run in a circle; let each raise the version");
      }
      var next = open.removeFirst();
      var upcaster = upcasters.get(sourceOf(next));
      if (upcaster == null) {
        current.add(next);
      } else {
        var replacements = upcaster.upcast(next);
        for (var i = replacements.size() - 1; i >= 0; i--) {
          open.addFirst(replacements.get(i));
        }
      }
    }
    return current;
  }

  private static Source sourceOf(EncodedMessage message) {
    return new Source(message.type(), message.schemaVersion());
  }

  private record Source(String type, int schemaVersion) {}
}
