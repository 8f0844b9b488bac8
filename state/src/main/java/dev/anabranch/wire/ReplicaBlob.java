package dev.anabranch.wire;

import dev.anabranch.model.ReplicaHead;
import dev.anabranch.model.ReplicaHead.Merging;

/**
 * What the cross-region job keeps of an aggregate, as stored: format 1, then every part in turn.
 */
public final class ReplicaBlob {

  private static final int FORMAT = 1;
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
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode}
   */
  public static ReplicaHead decode(byte[] blob) {
    var in = new BlobReader("replica", blob, FORMAT);
    var merging = BY_CODE[in.readInt("merging", 0, BY_CODE.length - 1)];
    var head =
        new ReplicaHead(
            merging,
            Dots.readTime(in, "applied"),
            in.readNumber("hlc"),
            VersionsBlob.readOptional(in),
            in.readInt("held", 0, Integer.MAX_VALUE),
            in.readNumber("held since"),
            in.readInt("compact at", 0, Integer.MAX_VALUE),
            GateBlob.decodeStability(in.readBytes("heard")),
            VersionsBlob.decodeVoided(in.readBytes("voided")),
            in.readText("problem"));
    in.readEnd();
    return head;
  }
}
