package dev.anabranch.cli.replay;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.cli.log.AggregateFold;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
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
   * One aggregate: takes rows of the log, gives its states, and takes over a state of another
   * release.
   *
   * <p>A row is its kind's code, aggregate id, version, command id or null, origin, n, hlc,
   * causality and events. A state is four parts: which one it is (empty: what the aggregate is; a
   * dot: one of several concurrent versions), its name, its schema version as text, and its bytes.
   */
  public static final class Fold
      implements Consumer<Object[]>,
          Supplier<byte[][][]>,
          UnaryOperator<byte[][]>,
          BooleanSupplier {

    private static final String WHOLE = "";

    private final AggregateType<Object, Object, Object> type;
    private final AggregateFold folded;

    // Its parts came from one registration, so they fit each other.
    @SuppressWarnings("unchecked")
    private Fold(AggregateType<?, ?, ?> type) {
      this.type = (AggregateType<Object, Object, Object>) type;
      this.folded = new AggregateFold(type);
    }

    /** Whether versions of the type are kept in a graph. */
    @Override
    public boolean getAsBoolean() {
      return folded.hasGraph();
    }

    /** Folds a row that has a dot. */
    @Override
    public void accept(Object[] row) {
      folded.apply(
          new Outcome(
              RowKind.ofCode((Integer) row[0]),
              new AggregateKey(type.name(), (String) row[1]),
              (Long) row[2],
              (String) row[3],
              "",
              new Dot(new RegionId((String) row[4]), (Long) row[5]),
              new Stamp(0, (Long) row[6], 0),
              new Blobs((byte[]) row[7], Blobs.EMPTY, Blobs.EMPTY, (byte[]) row[8])));
    }

    /** The states, which must be the same after they were written and read. */
    @Override
    public byte[][][] get() {
      var states = new ArrayList<byte[][]>();
      states.add(parts(WHOLE, checked(folded.state())));
      for (var version : folded.concurrent()) {
        states.add(parts(version.dot().toString(), checked(version.state())));
      }
      return states.toArray(new byte[0][][]);
    }

    /** The state as this release writes what another one wrote. */
    @Override
    public byte[][] apply(byte[][] other) {
      var version = Integer.parseInt(text(other[2]));
      var read = type.decodeState(new EncodedMessage(text(other[1]), version, other[3]));
      return parts(text(other[0]), type.stateCodec().encode(read));
    }

    private EncodedMessage checked(EncodedMessage written) {
      var again = type.stateCodec().encode(type.decodeState(written));
      if (!Arrays.equals(written.data(), again.data())) {
        throw new IllegalStateException(
            "its state is not the same after it was written and read again");
      }
      return written;
    }

    private static byte[][] parts(String which, EncodedMessage message) {
      return new byte[][] {
        which.getBytes(StandardCharsets.UTF_8),
        message.type().getBytes(StandardCharsets.UTF_8),
        Integer.toString(message.schemaVersion()).getBytes(StandardCharsets.UTF_8),
        message.data()
      };
    }

    private static String text(byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
