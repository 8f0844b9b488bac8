package dev.anabranch.wire.blob;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.model.view.ConflictRecord.Settlement;
import dev.anabranch.model.view.ConflictStatus;
import org.jspecify.annotations.Nullable;

/** What became of a conflict, as stored and published: format 1, then every part in turn. */
public final class ConflictBlob {

  private static final int FORMAT = 1;

  private ConflictBlob() {}

  public static byte[] encode(ConflictRecord conflict) {
    var out = new BlobWriter(FORMAT, 256);
    out.writeText(conflict.region());
    out.writeText(conflict.aggregate().type());
    out.writeText(conflict.aggregate().id());
    out.writeText(conflict.conflictId());
    out.writeByte(conflict.status().code());
    out.writeNumber(conflict.position());
    Dots.write(out, conflict.revision());
    out.writeNumber(conflict.hlc());
    out.writeNumber(conflict.occurredAtMicros());
    VersionsBlob.writeLive(out, conflict.live(), null);
    write(out, conflict.settlement());
    out.writeText(conflict.problem());
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode}
   */
  public static ConflictRecord decode(byte[] blob) {
    var in = new BlobReader("conflict", blob, FORMAT);
    var region = in.readText("region");
    var aggregate = aggregate(in, in.readText("aggregate type"), in.readText("aggregate id"));
    var conflict =
        new ConflictRecord(
            region,
            aggregate,
            in.readText("conflict id"),
            status(in, in.readByte("status")),
            in.readNumber("position"),
            Dots.readTime(in, "revision"),
            in.readNumber("hlc"),
            in.readNumber("occurred at"),
            VersionsBlob.readLive(in, null),
            readSettlement(in),
            in.readText("problem"));
    in.readEnd();
    return conflict;
  }

  private static void write(BlobWriter out, @Nullable Settlement settlement) {
    out.writeByte(settlement == null ? 0 : 1);
    if (settlement != null) {
      VersionsBlob.writeOptional(out, settlement.by());
      out.writeText(settlement.how());
      out.writeText(settlement.resolverId());
      VersionsBlob.writeOptional(out, settlement.selected());
      out.writeText(settlement.who());
      out.writeText(settlement.why());
    }
  }

  private static @Nullable Settlement readSettlement(BlobReader in) {
    if (in.readInt("presence of a settlement", 0, 1) == 0) {
      return null;
    }
    return new Settlement(
        VersionsBlob.readOptional(in),
        in.readText("how"),
        in.readText("resolver id"),
        VersionsBlob.readOptional(in),
        in.readText("who"),
        in.readText("why"));
  }

  private static AggregateKey aggregate(BlobReader in, String type, String id) {
    try {
      return new AggregateKey(type, id);
    } catch (IllegalArgumentException e) {
      throw in.malformed("aggregate", "is none: " + e.getMessage());
    }
  }

  private static ConflictStatus status(BlobReader in, int code) {
    try {
      return ConflictStatus.ofCode(code);
    } catch (IllegalArgumentException e) {
      throw in.malformed("status", "is unknown to this release");
    }
  }
}
