package dev.anabranch.cli.text;

import dev.anabranch.model.LogRow;
import dev.anabranch.wire.blob.EventsBlob;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The commits of one aggregate as a table, one line for each event. Dots are shown if another
 * region has decided one of the commits: within one region they say the same as the versions.
 */
public final class CommitTable {

  private final String region;
  private final List<Line> lines = new ArrayList<>();
  private boolean hasOtherRegions;

  private record Line(
      String version, String dot, String when, String command, String event, String data) {}

  /**
   * @param region whose log the commits are from
   */
  public CommitTable(String region) {
    this.region = region;
  }

  public void add(LogRow row) {
    var outcome = row.outcome();
    var dot = outcome.dot();
    hasOtherRegions |= dot != null && !dot.origin().value().equals(region);
    var head =
        new Line(
            Long.toString(outcome.version()),
            Objects.toString(dot, ""),
            Times.shown(outcome.stamp().occurredAtMicros()),
            outcome.commandId() == null ? "" : Printable.of(outcome.commandId()),
            "(" + outcome.kind() + ")",
            "");
    var events = EventsBlob.decode(outcome.blobs().events());
    if (events.isEmpty()) {
      lines.add(head);
    }
    for (var i = 0; i < events.size(); i++) {
      var event = Payload.typeOf(events.get(i));
      var data = Payload.text(events.get(i).data());
      lines.add(
          i == 0
              ? new Line(head.version, head.dot, head.when, head.command, event, data)
              : new Line("", "", "", "", event, data));
    }
  }

  public void print(PrintWriter out, Style style) {
    var table =
        hasOtherRegions
            ? new Table(">VERSION", "DOT", "WHEN (UTC)", "COMMAND", "EVENT", "DATA")
            : new Table(">VERSION", "WHEN (UTC)", "COMMAND", "EVENT", "DATA");
    for (var line : lines) {
      if (hasOtherRegions) {
        table.row(line.version, line.dot, line.when, line.command, line.event, line.data);
      } else {
        table.row(line.version, line.when, line.command, line.event, line.data);
      }
    }
    table.print(out, style);
  }
}
