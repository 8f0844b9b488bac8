package dev.anabranch.wire.blob;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.versions.Resolution;
import java.util.ArrayList;
import java.util.List;

/**
 * A resolution as stored: format 1, the selected dot, the number of rejected dots and these, who,
 * why. In the row of a resolution it is the first of the events, under a type name that no
 * application can register; the events of a merge follow it.
 */
public final class ResolutionBlob {

  /** Type name of the event that carries a resolution. */
  public static final String EVENT_TYPE = "$resolution";

  private static final int FORMAT = 1;
  private static final int MIN_DOT_BYTES = 3;

  private ResolutionBlob() {}

  public static byte[] encode(Resolution resolution) {
    var out = new BlobWriter(FORMAT, 64);
    Dots.write(out, resolution.selected());
    out.writeNumber(resolution.rejected().size());
    resolution.rejected().forEach(dot -> Dots.write(out, dot));
    out.writeByte(resolution.merges() ? 1 : 0);
    out.writeText(resolution.who());
    out.writeText(resolution.why());
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode}
   */
  public static Resolution decode(byte[] blob) {
    var in = new BlobReader("resolution", blob, FORMAT);
    var resolution = read(in);
    in.readEnd();
    return resolution;
  }

  private static Resolution read(BlobReader in) {
    var selected = Dots.read(in, "selected");
    var count = in.readCount("number of rejected", MIN_DOT_BYTES);
    var rejected = new ArrayList<Dot>();
    for (var i = 0; i < count; i++) {
      var dot = Dots.read(in, "rejected");
      if (i > 0 && rejected.get(i - 1).compareTo(dot) >= 0) {
        throw in.malformed("rejected", "is out of order");
      }
      rejected.add(dot);
    }
    var merges = in.readInt("merges", 0, 1) == 1;
    var who = in.readText("who");
    var why = in.readText("why");
    try {
      return new Resolution(selected, rejected, merges, who, why);
    } catch (IllegalArgumentException e) {
      throw in.malformed("resolution", "contradicts itself: " + e.getMessage());
    }
  }

  /** The events of a resolution's row: the resolution, then those of the merge. */
  public static List<EncodedMessage> toEvents(Resolution resolution, List<EncodedMessage> merge) {
    if (resolution.merges() == merge.isEmpty()) {
      throw new IllegalArgumentException(
          "a resolution that merges has events, another one none: " + merge.size());
    }
    var events = new ArrayList<EncodedMessage>(merge.size() + 1);
    events.add(new EncodedMessage(EVENT_TYPE, 1, encode(resolution)));
    events.addAll(merge);
    return events;
  }

  /**
   * The resolution in a resolution's row.
   *
   * @throws WireFormatException if the events are not those of {@link #toEvents}
   */
  public static Resolution fromEvents(List<EncodedMessage> events) {
    if (events.isEmpty()
        || !events.get(0).type().equals(EVENT_TYPE)
        || events.get(0).schemaVersion() != 1) {
      throw new WireFormatException(
          "resolution: the row's first event must be "
              + EVENT_TYPE
              + " of schema version 1; the row is damaged or of a newer release: read it again from"
              + " its source, or upgrade");
    }
    var resolution = decode(events.get(0).data());
    if (resolution.merges() != events.size() > 1) {
      throw new WireFormatException(
          "resolution: it says that it "
              + (resolution.merges()
                  ? "merges, and no events follow"
                  : "does not merge, and " + "events follow")
              + "; the row is damaged: read it again from its source");
    }
    return resolution;
  }
}
