package dev.anabranch.cli.verify;

import dev.anabranch.model.LogRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Objects;

/** Names the columns in which two rows at one position differ. */
final class RowDifference {

  private final ArrayList<String> columns = new ArrayList<>();

  private RowDifference() {}

  static String between(LogRow stored, LogRow published) {
    var found = new RowDifference();
    var a = stored.outcome();
    var b = published.outcome();
    found.compare("kind", a.kind(), b.kind());
    found.compare("aggregate", a.aggregate(), b.aggregate());
    found.compare("version", a.version(), b.version());
    found.compare("command id", a.commandId(), b.commandId());
    found.compare("slot", a.slot(), b.slot());
    found.compare("dot", a.dot(), b.dot());
    found.compare("writer", a.stamp().writer(), b.stamp().writer());
    found.compare("hlc", a.stamp().hlc(), b.stamp().hlc());
    found.compare("occurred at", a.stamp().occurredAtMicros(), b.stamp().occurredAtMicros());
    found.compareBytes("causality", a.blobs().causality(), b.blobs().causality());
    found.compareBytes("metadata", a.blobs().metadata(), b.blobs().metadata());
    found.compareBytes("reply", a.blobs().reply(), b.blobs().reply());
    found.compareBytes("events", a.blobs().events(), b.blobs().events());
    return String.join(", ", found.columns);
  }

  private void compare(
      String column,
      @org.jspecify.annotations.Nullable Object a,
      @org.jspecify.annotations.Nullable Object b) {
    if (!Objects.equals(a, b)) {
      columns.add(column + " (stored " + a + ", published " + b + ")");
    }
  }

  private void compareBytes(String column, byte[] a, byte[] b) {
    if (!Arrays.equals(a, b)) {
      columns.add(
          column
              + " (stored "
              + a.length
              + " bytes, published "
              + b.length
              + ", first difference at "
              + Arrays.mismatch(a, b)
              + ")");
    }
  }
}
