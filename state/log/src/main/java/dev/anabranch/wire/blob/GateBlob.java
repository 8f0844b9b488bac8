package dev.anabranch.wire.blob;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Arrival;
import dev.anabranch.gate.Stability;
import java.util.TreeMap;

/**
 * What the gate stores besides the applied vector, which is {@link VectorTime#encode}: an arrival
 * that is held, and what was heard from other regions. Format 1 each.
 */
public final class GateBlob {

  private static final int FORMAT = 1;
  private static final int MIN_HEARD_BYTES = 4;

  private GateBlob() {}

  public static byte[] encode(Arrival arrival) {
    var out = new BlobWriter(FORMAT, 48);
    out.writeByte(arrival.tombstone() ? 1 : 0);
    Dots.write(out, arrival.dot());
    out.writeNumber(arrival.hlc());
    Dots.write(out, arrival.context());
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode(Arrival)} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode(Arrival)}
   */
  public static Arrival decodeArrival(byte[] blob) {
    var in = new BlobReader("held arrival", blob, FORMAT);
    var tombstone = in.readInt("tombstone", 0, 1) == 1;
    var dot = Dots.read(in, "dot");
    var hlc = in.readNumber("hlc");
    var context = Dots.readTime(in, "context");
    in.readEnd();
    return new Arrival(dot, hlc, context, tombstone);
  }

  /** What was heard, by region, ascending. */
  public static byte[] encode(Stability stability) {
    var out = new BlobWriter(FORMAT, 64);
    out.writeNumber(stability.heard().size());
    stability
        .heard()
        .forEach(
            (region, vector) -> {
              out.writeText(region.value());
              Dots.write(out, vector);
            });
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode(Stability)} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode(Stability)}
   */
  public static Stability decodeStability(byte[] blob) {
    var in = new BlobReader("stability", blob, FORMAT);
    var heard = new TreeMap<RegionId, VectorTime>();
    var count = in.readCount("number of regions", MIN_HEARD_BYTES);
    for (var i = 0; i < count; i++) {
      var region = readRegion(in);
      if (!heard.isEmpty() && heard.lastKey().compareTo(region) >= 0) {
        throw in.malformed("region", "is out of order");
      }
      heard.put(region, Dots.readTime(in, "vector"));
    }
    in.readEnd();
    return Stability.of(heard);
  }

  private static RegionId readRegion(BlobReader in) {
    var name = in.readText("region");
    try {
      return new RegionId(name);
    } catch (IllegalArgumentException e) {
      throw in.malformed("region", "is no region name");
    }
  }
}
