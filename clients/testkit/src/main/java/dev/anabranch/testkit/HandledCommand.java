package dev.anabranch.testkit;

import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

/**
 * What became of a fixture's command; each expectation that does not hold fails the test and shows
 * what was given, expected and found.
 *
 * @param <S> state
 * @param <E> events
 */
public final class HandledCommand<S, E> {

  private final CheckedType<S, ?, E> type;
  private final String story;
  private final @Nullable Decision<E> decision;
  private final @Nullable RuntimeException failure;
  private final List<E> events;
  private final S state;

  private HandledCommand(
      CheckedType<S, ?, E> type,
      String story,
      @Nullable Decision<E> decision,
      @Nullable RuntimeException failure,
      List<E> events,
      S state) {
    this.type = type;
    this.story = story;
    this.decision = decision;
    this.failure = failure;
    this.events = events;
    this.state = state;
  }

  static <S, C, E> HandledCommand<S, E> handle(
      CheckedType<S, C, E> type, List<StoredCommit> history, C command, DecisionContext context) {
    var before = type.fold(type.initialState(), history);
    var story = story(type, history, command, before);
    Decision<E> decision;
    try {
      decision = type.decide(before, type.received(command), context);
    } catch (RuntimeException e) {
      return new HandledCommand<>(type, story, null, e, List.of(), before);
    }
    if (!(decision instanceof Decision.Accepted<E> accepted)) {
      return new HandledCommand<>(type, story, decision, null, List.of(), before);
    }
    var encoded = new ArrayList<EncodedMessage>();
    for (var event : accepted.events()) {
      encoded.add(type.encodeEvent(event));
    }
    var commit = StoredCommit.next(history, encoded);
    var after = type.fold(before, List.of(commit));
    return new HandledCommand<>(type, story, decision, null, type.asRead(accepted.events()), after);
  }

  /**
   * The command is accepted with exactly these events, in this order: of the same types, with the
   * same bytes.
   */
  @SafeVarargs
  public final HandledCommand<S, E> expectEvents(E... expected) {
    return expectEvents(List.of(expected));
  }

  /** Expects what {@link #expectEvents(Object[])} expects. */
  public HandledCommand<S, E> expectEvents(List<? extends E> expected) {
    if (!(decision instanceof Decision.Accepted)) {
      throw fails("events " + expected);
    }
    var read = type.asRead(expected);
    if (!type.storesAlike(events, read)) {
      throw fails("events " + read + ", not " + events);
    }
    return this;
  }

  /** The command is rejected with this code. */
  public HandledCommand<S, E> expectRejection(String code) {
    if (!(decision instanceof Decision.Rejected<E> rejected) || !rejected.code().equals(code)) {
      throw fails("a rejection with code " + code);
    }
    return this;
  }

  /** The command is rejected with this code and exactly these details. */
  public HandledCommand<S, E> expectRejection(String code, Map<String, String> details) {
    expectRejection(code);
    if (!(decision instanceof Decision.Rejected<E> rejected)
        || !rejected.details().equals(details)) {
      throw fails("a rejection with details " + details);
    }
    return this;
  }

  /** The command is fine and changes nothing. */
  public HandledCommand<S, E> expectUnchanged() {
    if (!(decision instanceof Decision.Unchanged)) {
      throw fails("nothing to change");
    }
    return this;
  }

  /** The decider throws: the command is a poison command. */
  public HandledCommand<S, E> expectFailure(Class<? extends RuntimeException> expected) {
    if (!expected.isInstance(failure)) {
      throw fails("a " + expected.getSimpleName() + " thrown");
    }
    return this;
  }

  /** The state after the command; after a rejection, the one before. */
  public HandledCommand<S, E> expectState(S expected) {
    if (failure != null) {
      throw fails("state " + expected);
    }
    Assertions.assertThat(state).as("%s", story).isEqualTo(expected);
    return this;
  }

  /**
   * The result of an accepted command, or of one that changed nothing: equal as the reply has it.
   */
  public HandledCommand<S, E> expectResult(Object expected) {
    var result = result();
    if (result == null || !Arrays.equals(type.encodeResult(result), type.encodeResult(expected))) {
      throw fails("result " + text(expected) + ", not " + (result == null ? "none" : text(result)));
    }
    return this;
  }

  /** The events of an accepted command as a reader gets them; else none. */
  public List<E> events() {
    return List.copyOf(events);
  }

  /** The state after the command. */
  public S state() {
    return state;
  }

  private @Nullable Object result() {
    if (decision instanceof Decision.Accepted<E> accepted) {
      return accepted.result();
    }
    return decision instanceof Decision.Unchanged<E> unchanged ? unchanged.result() : null;
  }

  private String text(Object result) {
    return new String(type.encodeResult(result), StandardCharsets.UTF_8);
  }

  private AssertionError fails(String expected) {
    var actual = failure == null ? String.valueOf(decision) : "threw " + failure;
    return new AssertionError(
        String.format("%s%n  expected: %s%n  actual:   %s", story, expected, actual), failure);
  }

  private static <S, C, E> String story(
      CheckedType<S, C, E> type, List<StoredCommit> history, C command, S before) {
    var given = new ArrayList<E>();
    for (var commit : history) {
      commit.events().forEach(message -> given.addAll(type.decodeEvent(message)));
    }
    return String.format(
        "%s%n  given:    %s%n  state:    %s%n  when:     %s", type.name(), given, before, command);
  }
}
