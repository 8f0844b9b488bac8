package dev.anabranch.testkit;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.causality.EventContext;
import dev.anabranch.history.TypeFold;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An aggregate type whose promises are checked whenever it is used. */
final class CheckedType<S, C, E> {

  private final AggregateType<S, C, E> type;

  CheckedType(AggregateType<S, C, E> type) {
    this.type = type;
  }

  String name() {
    return type.name();
  }

  ReplicationPolicy<S> replication() {
    return type.replication();
  }

  TypeFold fold() {
    return TypeFold.of(type);
  }

  S initialState() {
    return restored(type.decider().initialState());
  }

  EncodedMessage encodeEvent(E event) {
    var encoded = encodeStably(type.eventCodec(), event);
    checkLossless(type.eventCodec(), event, encoded);
    return encoded;
  }

  List<E> decodeEvent(EncodedMessage stored) {
    return type.decodeEvent(stored);
  }

  byte[] encodeState(S state) {
    return encodeStably(type.stateCodec(), state).data();
  }

  byte[] encodeResult(Object result) {
    var encoded = type.encodeResult(result);
    check(
        Arrays.equals(encoded, type.encodeResult(result)),
        "a result has different bytes each time:",
        result);
    return encoded;
  }

  /** Returns the command as a decider sees it that got it from Kafka. */
  C received(C command) {
    var encoded = encodeStably(type.commandCodec(), command);
    checkLossless(type.commandCodec(), command, encoded);
    return type.commandCodec().decode(encoded);
  }

  Decision<E> decide(S state, C command, DecisionContext context) {
    var before = encodeStably(type.stateCodec(), state);
    var decision = type.decider().decide(state, command, context);
    check(
        Arrays.equals(before.data(), encodeStably(type.stateCodec(), state).data()),
        "decide changed the state in place; a state must be an immutable value:",
        state);
    return decision;
  }

  /** State after the stored commits, which is the same whenever they are folded. */
  S fold(S from, List<StoredCommit> stored) {
    var state = foldOnce(from, stored);
    var again = foldOnce(from, stored);
    var same =
        state.equals(again)
            || Arrays.equals(
                encodeStably(type.stateCodec(), state).data(),
                encodeStably(type.stateCodec(), again).data());
    check(same, "evolve is not a pure function; folding the same events twice made:", state, again);
    return restored(state);
  }

  private S foldOnce(S from, List<StoredCommit> stored) {
    var state = from;
    for (var commit : stored) {
      for (var index = 0; index < commit.events().size(); index++) {
        var events = type.decodeEvent(commit.events().get(index));
        for (var part = 0; part < events.size(); part++) {
          state = evolve(state, events.get(part), commit.at().event(index, part));
        }
      }
    }
    return state;
  }

  private S evolve(S state, E event, EventContext at) {
    var before = encodeStably(type.stateCodec(), state);
    var after = type.decider().evolve(state, event, at);
    check(
        Arrays.equals(before.data(), encodeStably(type.stateCodec(), state).data()),
        "evolve changed the state in place; return a new one:",
        state);
    return after;
  }

  /** The state as it comes back from a checkpoint. */
  S restored(S state) {
    var encoded = encodeStably(type.stateCodec(), state);
    var restored = type.decodeState(encoded);
    var again = encodeStably(type.stateCodec(), restored);
    check(
        Arrays.equals(encoded.data(), again.data()),
        "the state is not restored from its bytes; before, after, bytes:",
        state,
        restored,
        text(encoded));
    checkLossless(type.stateCodec(), state, encoded);
    return restored;
  }

  private static <T> EncodedMessage encodeStably(MessageCodec<T> codec, T message) {
    var encoded = codec.encode(message);
    check(
        Arrays.equals(encoded.data(), codec.encode(message).data()),
        "the codec is not stable; this has different bytes each time:",
        message);
    return encoded;
  }

  private static <T> void checkLossless(MessageCodec<T> codec, T message, EncodedMessage encoded) {
    if (codec.lossless()) {
      var decoded = codec.decode(encoded);
      check(
          message.equals(decoded),
          "the codec calls itself lossless and is not; before, after, bytes:",
          message,
          decoded,
          text(encoded));
    }
  }

  /** The events that a reader gets for these. */
  List<E> asRead(List<? extends E> events) {
    var read = new ArrayList<E>();
    for (var event : events) {
      read.addAll(type.decodeEvent(encodeEvent(event)));
    }
    return read;
  }

  /**
   * Whether both would be stored as the same events. Neither equals nor a comparison of fields
   * tells: a component may be an array, and another type may have the same components.
   */
  boolean storesAlike(List<? extends E> some, List<? extends E> others) {
    if (some.size() != others.size()) {
      return false;
    }
    for (var i = 0; i < some.size(); i++) {
      var one = some.get(i);
      var other = others.get(i);
      if (one.getClass() != other.getClass() || !same(encodeEvent(one), encodeEvent(other))) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(EncodedMessage one, EncodedMessage other) {
    return one.type().equals(other.type())
        && one.schemaVersion() == other.schemaVersion()
        && Arrays.equals(one.data(), other.data());
  }

  private static String text(EncodedMessage encoded) {
    return new String(encoded.data(), StandardCharsets.UTF_8);
  }

  private static void check(boolean holds, String message, Object... shown) {
    if (!holds) {
      var text = new StringBuilder(message);
      for (var value : shown) {
        text.append("\n  ").append(value);
      }
      throw new AssertionError(text.toString());
    }
  }
}
