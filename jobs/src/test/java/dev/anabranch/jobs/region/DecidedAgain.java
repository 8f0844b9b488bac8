package dev.anabranch.jobs.region;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.history.Commit;
import dev.anabranch.history.FoldedState;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides the stored history of purses again, row by row, each command on the fold of the rows
 * before its own.
 */
final class DecidedAgain {

  private record CommandId(AggregateKey aggregate, String id) {}

  private final Map<CommandId, CommandEnvelope> commands = new HashMap<>();
  private final Map<AggregateKey, Object> states = new HashMap<>();
  private long decided;

  /**
   * @param records of the commands topic
   */
  DecidedAgain(List<MessageRecord> records) {
    for (var each : records) {
      if (CommandWire.decode(each) instanceof CommandWire.WellFormed wellFormed) {
        var command = wellFormed.command();
        commands.put(new CommandId(command.aggregate(), command.commandId()), command);
      }
    }
  }

  /** How many outcomes were compared. */
  long decided() {
    return decided;
  }

  /** Takes the next row of its shard; what is wrong with it, if anything is. */
  Optional<String> row(LogRow row) {
    var outcome = row.outcome();
    var name = outcome.aggregate().type();
    if (name.equals(PurseDomain.PURSE.name())) {
      return row(PurseDomain.PURSE, outcome);
    }
    return name.equals(PurseDomain.POUCH.name())
        ? row(PurseDomain.POUCH, outcome)
        : Optional.empty();
  }

  @SuppressWarnings("unchecked") // a type's states and events belong together
  private Optional<String> row(AggregateType<?, String, ?> of, Outcome outcome) {
    var type = (AggregateType<Object, String, Object>) of;
    var state = states.computeIfAbsent(outcome.aggregate(), any -> type.decider().initialState());
    var problem = compare(type, state, outcome);
    if (outcome.kind() == RowKind.COMMIT) {
      states.put(
          outcome.aggregate(),
          TypeFold.of(type).fold(FoldedState.of(state), Commit.of(outcome)).value());
    }
    return problem;
  }

  private Optional<String> compare(
      AggregateType<Object, String, Object> type, Object state, Outcome outcome) {
    var command = commands.get(new CommandId(outcome.aggregate(), "" + outcome.commandId()));
    if (command == null
        || !outcome.slot().isEmpty()
        || command.expectedVersion() != CommandEnvelope.ANY_VERSION) {
      return Optional.empty();
    }
    var text = type.commandCodec().decode(command.command());
    if (PurseDomain.isByChance(text)) {
      return Optional.empty();
    }
    decided++;
    var expected = told(type, type.decider().decide(state, text, context(outcome)));
    var actual = stored(outcome);
    return expected.equals(actual)
        ? Optional.empty()
        : Optional.of("says " + actual + "; '" + text + "' on " + state + " makes " + expected);
  }

  private static DecisionContext context(Outcome outcome) {
    var at = outcome.stamp().occurredAtMicros();
    return new DecisionContext(
        "" + outcome.commandId(),
        outcome.aggregate().type(),
        outcome.aggregate().id(),
        0,
        "",
        java.time.Instant.EPOCH.plus(at, java.time.temporal.ChronoUnit.MICROS));
  }

  private static String told(
      AggregateType<Object, String, Object> type, Decision<Object> decision) {
    if (decision instanceof Decision.Accepted<Object> accepted) {
      var events = accepted.events().stream().map(type.eventCodec()::encode).toList();
      return "accepted " + texts(events) + result(type, accepted.result());
    }
    if (decision instanceof Decision.Unchanged<Object> unchanged) {
      return "unchanged []" + result(type, unchanged.result());
    }
    var rejected = (Decision.Rejected<Object>) decision;
    return "rejected [] " + rejected.code() + rejected.message() + rejected.details();
  }

  private static String stored(Outcome outcome) {
    var body = ReplyBlob.decode(outcome.blobs().reply());
    var events = texts(EventsBlob.decode(outcome.blobs().events()));
    return switch (outcome.kind()) {
      case COMMIT -> "accepted " + events + " " + new String(body.result(), UTF_8);
      case UNCHANGED -> "unchanged " + events + " " + new String(body.result(), UTF_8);
      default -> "rejected " + events + " " + body.code() + body.message() + body.details();
    };
  }

  private static String result(AggregateType<Object, String, Object> type, Object result) {
    return " " + (result == null ? "" : new String(type.encodeResult(result), UTF_8));
  }

  private static String texts(List<EncodedMessage> events) {
    return Arrays.toString(events.stream().map(event -> new String(event.data(), UTF_8)).toArray());
  }
}
