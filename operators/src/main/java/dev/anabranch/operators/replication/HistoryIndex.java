package dev.anabranch.operators.replication;

import dev.anabranch.causality.Dot;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.view.VoidCommit;
import dev.anabranch.operators.replication.replica.Conflicts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What must be known of a whole history before its first row is folded: which tombstones have a
 * payload further on, and which commands have several commits.
 *
 * <p><b>Bounds.</b> A place for each of these tombstones, and for each command if these are looked
 * at; both together take {@code maxBytes}, else the history is too large.
 */
final class HistoryIndex {

  /** Estimate of what an entry takes on the heap, without the command id. */
  private static final int ENTRY_BYTES = 256;

  private final History history;
  private final boolean withCommands;
  private final long maxBytes;

  /** Tombstones by dot, with the page of their payload; -1: none so far. */
  private final Map<Dot, Integer> tombstones = new HashMap<>();

  private final Map<String, First> firstOfCommand = new HashMap<>();
  private final List<Repeat> repeats = new ArrayList<>();
  private long bytes;
  private int payloadPage = -1;
  private final Map<Dot, LogRow> payloads = new HashMap<>();

  /** The commit of a command that counts: the first one by (hlc, dot). */
  private record First(long hlc, Dot dot) {
    boolean isBefore(First other) {
      return hlc == other.hlc ? dot.compareTo(other.dot) < 0 : hlc < other.hlc;
    }
  }

  private record Repeat(Dot dot, String commandId) {}

  /**
   * An index without pages.
   *
   * @param withCommands whether commands matter that several regions have accepted
   */
  HistoryIndex(History history, boolean withCommands, long maxBytes) {
    this.history = history;
    this.withCommands = withCommands;
    this.maxBytes = maxBytes;
  }

  /** Adds the next page; false: it takes more than it may. */
  boolean add(int page) {
    for (var row : history.page(page)) {
      addPayload(row, page);
      if (withCommands) {
        addCommand(row);
      }
    }
    return bytes <= maxBytes;
  }

  private void addPayload(LogRow row, int page) {
    var dot = row.outcome().commitDot();
    if (row.outcome().kind() == RowKind.TOMBSTONE) {
      bytes += tombstones.putIfAbsent(dot, -1) == null ? ENTRY_BYTES : 0;
    } else {
      tombstones.replace(dot, page);
    }
  }

  private void addCommand(LogRow row) {
    var command = row.outcome().commandId();
    if (row.outcome().kind() != RowKind.COMMIT || command == null) {
      return;
    }
    var here = new First(row.outcome().stamp().hlc(), row.outcome().commitDot());
    var known = firstOfCommand.get(command);
    if (known == null) {
      firstOfCommand.put(command, here);
      bytes += ENTRY_BYTES + command.length();
    } else if (!known.dot().equals(here.dot())) {
      var isFirst = here.isBefore(known);
      repeats.add(new Repeat(isFirst ? known.dot() : here.dot(), command));
      bytes += ENTRY_BYTES;
      if (isFirst) {
        firstOfCommand.put(command, here);
      }
    }
  }

  /**
   * The commits of commands that several regions have accepted, but for the first one of each in
   * (hlc, dot) order: the same in every region that has them. Whatever commutes has no graph that
   * would settle it.
   */
  List<VoidCommit> repeats() {
    return repeats.stream()
        .map(
            repeat -> {
              var counts = firstOfCommand.get(repeat.commandId());
              if (counts == null) {
                throw new IllegalStateException("a repeat without a first commit: " + repeat);
              }
              return Conflicts.twin(repeat.dot(), counts.dot());
            })
        .sorted(java.util.Comparator.comparing(VoidCommit::dot))
        .toList();
  }

  /** A tombstone whose payload came later is read as the payload. */
  LogRow withPayload(LogRow row) {
    if (row.outcome().kind() != RowKind.TOMBSTONE) {
      return row;
    }
    var dot = row.outcome().commitDot();
    var page = tombstones.getOrDefault(dot, -1);
    if (page < 0) {
      return row;
    }
    if (page != payloadPage) {
      payloads.clear();
      for (var other : history.page(page)) {
        if (other.outcome().kind() != RowKind.TOMBSTONE) {
          payloads.put(other.outcome().commitDot(), other);
        }
      }
      payloadPage = page;
    }
    return payloads.getOrDefault(dot, row);
  }
}
