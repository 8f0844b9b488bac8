package dev.anabranch.connectors.mysql.log;

import dev.anabranch.api.Quoted;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AppendResult;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a batch collided with, by looking its keys up. The server's message is never read: its
 * values are cut and escaped, and it names one key of several.
 *
 * <p><b>Order.</b> Positions first: a repeat of an append that did succeed collides with itself by
 * all three keys. Commands before versions: a repeated command collides by both.
 */
final class ClashClassifier {

  private final LogReader reader;

  ClashClassifier(LogReader reader) {
    this.reader = reader;
  }

  /**
   * Says what stands in the way; empty if nothing does any more, since whoever did was rolled back.
   */
  Optional<AppendResult> classify(List<LogRow> rows) throws SQLException {
    var result = byPosition(rows);
    if (result == null) {
      result = byCommand(rows);
    }
    if (result == null) {
      result = byVersion(rows);
    }
    return Optional.ofNullable(result);
  }

  private @Nullable AppendResult byPosition(List<LogRow> rows) throws SQLException {
    Map<LogPosition, LogRow> stored = new HashMap<>();
    for (var row : reader.at(rows.stream().map(LogRow::position).toList())) {
      stored.put(row.position(), row);
    }
    if (stored.isEmpty()) {
      return null;
    }
    var identical = 0;
    LogRow other = null;
    for (var row : rows) {
      var there = stored.get(row.position());
      if (there != null && there.isIdenticalTo(row)) {
        identical++;
      } else if (there != null && other == null) {
        other = there;
      }
    }
    if (identical == rows.size()) {
      return AppendResult.Appended.INSTANCE;
    }
    var fence = other != null ? other : stored.values().iterator().next();
    return new AppendResult.Fenced(fence.position(), fence.outcome().stamp().writer());
  }

  private @Nullable AppendResult byCommand(List<LogRow> rows) throws SQLException {
    var keys = new HashSet<LogReader.CommandKey>();
    for (var row : rows) {
      var outcome = row.outcome();
      var id = outcome.commandId();
      if (id != null) {
        requireNew(
            row, keys.add(new LogReader.CommandKey(outcome.aggregate(), id, outcome.slot())));
      }
    }
    var stored = reader.byCommand(keys);
    return stored.isEmpty() ? null : new AppendResult.DuplicateCommands(stored);
  }

  private @Nullable AppendResult byVersion(List<LogRow> rows) throws SQLException {
    var ours = new HashMap<LogReader.VersionKey, LogRow>();
    for (var row : rows) {
      if (row.outcome().version() > 0) {
        requireNew(row, ours.put(versionKey(row), row) == null);
      }
    }
    Collection<LogRow> stored = reader.byVersion(ours.keySet());
    for (var row : stored) {
      var our = ours.get(versionKey(row));
      if (our != null) {
        return new AppendResult.StateMismatch(our, row);
      }
    }
    return null;
  }

  private static LogReader.VersionKey versionKey(LogRow row) {
    return new LogReader.VersionKey(row.outcome().aggregate(), row.outcome().version());
  }

  private static void requireNew(LogRow row, boolean isNew) {
    if (!isNew) {
      throw new IllegalStateException(
          "the batch itself holds the command or version of row %s (%s) twice"
              .formatted(row.position(), Quoted.of(row.outcome().aggregate().toString())));
    }
  }
}
