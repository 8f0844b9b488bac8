package dev.anabranch.cli.log;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.model.LogRow;
import dev.anabranch.wire.CommitFold;
import java.util.function.Consumer;

/**
 * The state that stored commits make, by the same steps as the command job: upcast, decode, evolve.
 */
public final class AggregateFold implements Consumer<LogRow> {

  private final AggregateType<Object, Object, Object> type;
  private Object state;
  private long version;
  private long occurredAtMicros;

  public AggregateFold(AggregateType<?, ?, ?> type) {
    this.type = anyOf(type);
    this.state = this.type.decider().initialState();
  }

  /**
   * @throws CodecException if the domain can't read an event; names the commit
   */
  @Override
  public void accept(LogRow row) {
    var outcome = row.outcome();
    try {
      state = CommitFold.apply(type, state, outcome);
    } catch (RuntimeException e) {
      throw new CodecException(
          "version "
              + outcome.version()
              + " of "
              + outcome.aggregate()
              + " can't be folded: "
              + e.getMessage(),
          e);
    }
    version = outcome.version();
    occurredAtMicros = outcome.stamp().occurredAtMicros();
  }

  /** Of the last commit; 0: there was none. */
  public long version() {
    return version;
  }

  /** When the last commit was decided. */
  public long occurredAtMicros() {
    return occurredAtMicros;
  }

  public EncodedMessage state() {
    return type.stateCodec().encode(state);
  }

  // Its parts came from one registration, so they fit each other.
  @SuppressWarnings("unchecked")
  private static AggregateType<Object, Object, Object> anyOf(AggregateType<?, ?, ?> type) {
    return (AggregateType<Object, Object, Object>) type;
  }
}
