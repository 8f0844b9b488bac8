package dev.anabranch.model;

import java.util.Arrays;
import java.util.Objects;

/** One durable row of a region's log: an {@link Outcome} at its position. */
public record LogRow(LogPosition position, Outcome outcome) {

  public int shard() {
    return position.shard();
  }

  public long offset() {
    return position.offset();
  }

  /** Whether both rows were written by the same writer and hold the same, byte for byte. */
  public boolean isIdenticalTo(LogRow other) {
    return position.equals(other.position)
        && outcome.kind() == other.outcome.kind()
        && outcome.aggregate().equals(other.outcome.aggregate())
        && outcome.version() == other.outcome.version()
        && Objects.equals(outcome.commandId(), other.outcome.commandId())
        && outcome.slot().equals(other.outcome.slot())
        && Objects.equals(outcome.dot(), other.outcome.dot())
        && outcome.stamp().equals(other.outcome.stamp())
        && sameBytes(outcome.blobs(), other.outcome.blobs());
  }

  private static boolean sameBytes(Blobs a, Blobs b) {
    return Arrays.equals(a.causality(), b.causality())
        && Arrays.equals(a.metadata(), b.metadata())
        && Arrays.equals(a.reply(), b.reply())
        && Arrays.equals(a.events(), b.events());
  }
}
