package dev.anabranch.testkit;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Given events, when a command, then what: tests an aggregate type as the runtime runs it, without
 * the runtime.
 *
 * <p>Everything passes through the type's codecs, as it does between Kafka, the store and the
 * state. On the way it is checked that encoding is stable, that the state is restored from its
 * bytes, that folding twice gives equal states, that neither {@code decide} nor {@code evolve}
 * changes a state in place, and that a codec that calls itself lossless is.
 *
 * <p>For replicated data types every event given is a commit of one region, which had seen those
 * before it; {@link RegionsFixture} is for what several regions do concurrently.
 *
 * <p>Immutable: a fixture may be kept and used for several tests.
 *
 * @param <S> state
 * @param <C> commands
 * @param <E> events
 */
public final class DomainFixture<S, C, E> {

  private final CheckedType<S, C, E> type;
  private final List<StoredCommit> history;
  private final String commandId;
  private final String aggregateId;
  private final Instant timestamp;

  private DomainFixture(
      CheckedType<S, C, E> type,
      List<StoredCommit> history,
      String commandId,
      String aggregateId,
      Instant timestamp) {
    this.type = type;
    this.history = List.copyOf(history);
    this.commandId = commandId;
    this.aggregateId = aggregateId;
    this.timestamp = timestamp;
  }

  /** A fixture for an aggregate of this type that has no event yet. */
  public static <S, C, E> DomainFixture<S, C, E> of(AggregateType<S, C, E> type) {
    return new DomainFixture<>(
        new CheckedType<>(type),
        List.of(),
        "command-1",
        "1",
        Instant.parse("2025-01-01T00:00:00Z"));
  }

  /** After these events, each the only one of its commit, behind those given before. */
  @SafeVarargs
  public final DomainFixture<S, C, E> given(E... events) {
    return given(List.of(events));
  }

  /** After these events, each the only one of its commit, behind those given before. */
  public DomainFixture<S, C, E> given(List<? extends E> events) {
    var encoded = new ArrayList<EncodedMessage>();
    for (var event : events) {
      encoded.add(type.encodeEvent(event));
    }
    return givenStored(encoded);
  }

  /** After these events as an older release stored them: for tests of upcasters. */
  public DomainFixture<S, C, E> givenStored(EncodedMessage... events) {
    return givenStored(List.of(events));
  }

  /** The decision's {@code commandId}; otherwise some id. */
  public DomainFixture<S, C, E> whenCommandId(String id) {
    return new DomainFixture<>(type, history, id, aggregateId, timestamp);
  }

  /** The decision's {@code aggregateId}; otherwise some id. */
  public DomainFixture<S, C, E> onAggregate(String id) {
    return new DomainFixture<>(type, history, commandId, id, timestamp);
  }

  /** The decision's {@code timestamp}, cut to microseconds; otherwise some time. */
  public DomainFixture<S, C, E> at(Instant instant) {
    return new DomainFixture<>(
        type, history, commandId, aggregateId, instant.truncatedTo(ChronoUnit.MICROS));
  }

  /** Decides the command on the state that the given events make. */
  public HandledCommand<S, E> when(C command) {
    var context =
        new DecisionContext(commandId, type.name(), aggregateId, history.size(), "test", timestamp);
    return HandledCommand.handle(type, history, command, context);
  }

  /** The state that the given events make. */
  public S state() {
    return type.fold(type.initialState(), history);
  }

  private DomainFixture<S, C, E> givenStored(List<EncodedMessage> events) {
    var longer = new ArrayList<>(history);
    for (var event : events) {
      longer.add(StoredCommit.next(longer, List.of(event)));
    }
    return new DomainFixture<>(type, longer, commandId, aggregateId, timestamp);
  }
}
