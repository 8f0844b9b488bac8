package dev.anabranch.cli.replay;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.wire.EventsBlob;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Folds with the classes of one release. It is loaded by that release's {@link ReleaseLoader}, so
 * whoever calls it from outside sees it through types of the JDK only.
 */
public final class FoldWithin implements Function<String, @Nullable Object> {

  private final AggregateTypes types = AggregateTypes.load(FoldWithin.class.getClassLoader());

  /** Called by reflection, from another class loader. */
  public FoldWithin() {}

  /** A new {@link Fold} for an aggregate of the type; null: the release does not have the type. */
  @Override
  public @Nullable Object apply(String type) {
    return types.find(type).map(Fold::new).orElse(null);
  }

  /**
   * One aggregate: takes the events of commits, gives the state, and takes over a state of another
   * release. A state is its name, its schema version as text, and its bytes.
   */
  public static final class Fold
      implements Consumer<byte[]>, Supplier<byte[][]>, UnaryOperator<byte[][]> {

    private final AggregateType<Object, Object, Object> type;
    private Object state;

    // Its parts came from one registration, so they fit each other.
    @SuppressWarnings("unchecked")
    private Fold(AggregateType<?, ?, ?> type) {
      this.type = (AggregateType<Object, Object, Object>) type;
      this.state = this.type.decider().initialState();
    }

    /** Folds the events of one commit. */
    @Override
    public void accept(byte[] events) {
      for (var stored : EventsBlob.decode(events)) {
        for (var event : type.decodeEvent(stored)) {
          state = type.decider().evolve(state, event);
        }
      }
    }

    /** The state, which must be the same after it was written and read. */
    @Override
    public byte[][] get() {
      var written = type.stateCodec().encode(state);
      var again = type.stateCodec().encode(type.decodeState(written));
      if (!Arrays.equals(written.data(), again.data())) {
        throw new IllegalStateException(
            "its state is not the same after it was written and read again");
      }
      return parts(written);
    }

    /** The state as this release writes what another one wrote. */
    @Override
    public byte[][] apply(byte[][] other) {
      var version = Integer.parseInt(new String(other[1], StandardCharsets.UTF_8));
      var name = new String(other[0], StandardCharsets.UTF_8);
      var read = type.decodeState(new EncodedMessage(name, version, other[2]));
      return parts(type.stateCodec().encode(read));
    }

    private static byte[][] parts(EncodedMessage message) {
      return new byte[][] {
        message.type().getBytes(StandardCharsets.UTF_8),
        Integer.toString(message.schemaVersion()).getBytes(StandardCharsets.UTF_8),
        message.data()
      };
    }
  }
}
