package dev.anabranch.wire.blob;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.stored.ReplicaHead.Merging;

/**
 * What the cross-region job keeps of an aggregate, as stored: format 2, then every part in turn.
 * Format 1, which is still read, did not know what the own log has.
 */
public final class ReplicaBlob {

  private static final int WITHOUT_LOG = 1;
  private static final int FORMAT = 2;
  private static final Merging[] BY_CODE = Merging.values();

  private ReplicaBlob() {}

  public static byte[] encode(ReplicaHead head) {
    var out = new BlobWriter(FORMAT, 64);
    out.writeByte(head.merging().ordinal());
    Dots.write(out, head.applied());
    out.writeNumber(head.hlc());
    VersionsBlob.writeOptional(out, head.last());
    out.writeNumber(head.held());
    out.writeNumber(head.heldSinceMillis());
    out.writeNumber(head.compactAt());
    out.writeBytes(GateBlob.encode(head.heard()));
    out.writeBytes(VersionsBlob.encodeVoided(head.voided()));
    out.writeText(head.problem());
    Dots.write(out, head.inLog());
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode}
   */
  public static ReplicaHead decode(byte[] blob) {
    var format = blob.length > 0 && blob[0] == WITHOUT_LOG ? WITHOUT_LOG : FORMAT;
    var in = new BlobReader("replica", blob, format);
    var merging = BY_CODE[in.readInt("merging", 0, BY_CODE.length - 1)];
    var applied = Dots.readTime(in, "applied");
    var hlc = in.readNumber("hlc");
    var last = VersionsBlob.readOptional(in);
    var held = in.readInt("held", 0, Integer.MAX_VALUE);
    var heldSince = in.readNumber("held since");
    var compactAt = in.readInt("compact at", 0, Integer.MAX_VALUE);
    var heard = GateBlob.decodeStability(in.readBytes("heard"));
    var voided = VersionsBlob.decodeVoided(in.readBytes("voided"));
    var problem = in.readText("problem");
    var inLog = format == WITHOUT_LOG ? VectorTime.ZERO : Dots.readTime(in, "own log");
    in.readEnd();
    return new ReplicaHead(
        merging, applied, hlc, last, held, heldSince, compactAt, heard, inLog, voided, problem);
  }
}
