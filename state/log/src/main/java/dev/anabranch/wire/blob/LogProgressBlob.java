package dev.anabranch.wire.blob;

import dev.anabranch.model.stored.LogProgress;
import dev.anabranch.model.stored.LogProgress.Range;
import java.util.ArrayList;

/** {@link LogProgress} as bytes of keyed state. Format 1: every part in turn. */
public final class LogProgressBlob {

  private static final int FORMAT = 1;
  private static final int RANGE_BYTES = 2;

  private LogProgressBlob() {}

  public static byte[] encode(LogProgress progress) {
    var out = new BlobWriter(FORMAT, 24 + 2 * RANGE_BYTES * progress.missing().size());
    out.writeNumber(progress.next());
    out.writeNumber(progress.lookAtMillis());
    out.writeNumber(progress.looks());
    out.writeNumber(progress.missingThen());
    out.writeNumber(progress.missing().size());
    for (var range : progress.missing()) {
      out.writeNumber(range.from());
      out.writeNumber(range.to());
    }
    return out.toByteArray();
  }

  /**
   * @throws WireFormatException if {@link #encode} did not make it
   */
  public static LogProgress decode(byte[] blob) {
    var in = new BlobReader("progress of a log", blob, FORMAT);
    var next = in.readNumber("next");
    var lookAt = in.readNumber("look at");
    var looks = in.readInt("looks", 0, Integer.MAX_VALUE);
    var then = in.readNumber("missing then");
    var count = in.readCount("ranges", RANGE_BYTES);
    var ranges = new ArrayList<Range>();
    for (var i = 0; i < count; i++) {
      var from = in.readNumber("from");
      var to = in.readNumber("to");
      if (from < 0 || to <= from) {
        throw in.malformed("to", "is not behind the beginning");
      }
      ranges.add(new Range(from, to));
    }
    in.readEnd();
    return new LogProgress(next, ranges, lookAt, looks, then);
  }
}
