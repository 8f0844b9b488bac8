package dev.anabranch.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Decider#decide} says about one command. Each of the three is a durable outcome: a
 * repeat of the command id is answered with it again.
 */
public sealed interface Decision<E> {

  /**
   * The command changes the aggregate by these events, at least one, in this order.
   *
   * @param result payload of the reply, encoded by the type's result codec; {@code null}: none
   */
  record Accepted<E>(List<E> events, @Nullable Object result) implements Decision<E> {
    public Accepted {
      events = List.copyOf(events);
      if (events.isEmpty()) {
        throw new IllegalArgumentException(
            "an accepted decision needs at least one event; return Decision.unchanged() instead");
      }
    }
  }

  /**
   * The command breaks a rule of the domain.
   *
   * @param code stable, for programs: {@code insufficient-funds}; at most {@value #MAX_CODE_LENGTH}
   *     characters, since it is no place for what a client sent
   * @param message for people; what an exception without message has, {@code null}, is taken for an
   *     empty one
   * @param details further facts, by name
   */
  record Rejected<E>(String code, String message, Map<String, String> details)
      implements Decision<E> {
    /** Longest code. */
    public static final int MAX_CODE_LENGTH = 256;

    public Rejected {
      if (code.isBlank()) {
        throw new IllegalArgumentException("a rejection needs a code");
      }
      if (code.length() > MAX_CODE_LENGTH) {
        throw new IllegalArgumentException(
            "the code of a rejection has "
                + code.length()
                + " characters, "
                + MAX_CODE_LENGTH
                + " is the limit: give what varies as message or details");
      }
      message = message == null ? "" : message;
      details = Map.copyOf(details);
    }
  }

  /** The command is fine and there is nothing to do. */
  record Unchanged<E>(@Nullable Object result) implements Decision<E> {}

  @SafeVarargs
  static <E> Decision<E> accepted(E... events) {
    return new Accepted<>(List.of(events), null);
  }

  static <E> Decision<E> accepted(List<? extends E> events) {
    return new Accepted<>(List.copyOf(events), null);
  }

  static <E> Decision<E> acceptedWithResult(Object result, List<? extends E> events) {
    return new Accepted<>(List.copyOf(events), result);
  }

  static <E> Decision<E> rejected(String code, String message) {
    return new Rejected<>(code, message, Map.of());
  }

  static <E> Decision<E> rejected(String code, String message, Map<String, String> details) {
    return new Rejected<>(code, message, details);
  }

  static <E> Decision<E> unchanged() {
    return new Unchanged<>(null);
  }

  static <E> Decision<E> unchangedWithResult(Object result) {
    return new Unchanged<>(result);
  }
}
