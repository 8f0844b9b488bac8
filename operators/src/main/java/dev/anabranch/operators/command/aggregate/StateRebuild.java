package dev.anabranch.operators.command.aggregate;

import dev.anabranch.gate.CausalPast;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import dev.anabranch.operators.task.StoreContradictionException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Folds one state of all commits. Types that regions change at once are folded in causal order: a
 * payload that a filter withheld at first has a place before its effects. Of a command that two
 * regions have accepted the first commit counts, in every region the same one.
 */
final class StateRebuild implements Rebuild {

  private final LiveAggregate live;
  private final TypeFold type;
  private final long maxBytes;
  private final HistoryPages pages;

  /** Keeps the problems, which the aggregate itself must not have yet. */
  private final Folding folding;

  private final Set<String> commands = new HashSet<>();
  private Version version;
  private long count;
  private long bytes;
  private volatile boolean forked;

  StateRebuild(LiveAggregate live, TypeFold type, long maxBytes) {
    this.live = live;
    this.type = type;
    this.maxBytes = maxBytes;
    var order = type.hasOneHome() ? HistoryPages.Order.VERSIONS : HistoryPages.Order.TIME;
    this.pages = new HistoryPages(live.key(), order, maxBytes);
    var initial = type.initial();
    this.folding = new Folding(type, false, AggregateLoader.reason(initial));
    this.version = new Version(0, CausalPast.NONE, List.of(), initial.orNull());
  }

  @Override
  public HistoryPages pages() {
    return pages;
  }

  @Override
  public boolean hasEnough() {
    return forked;
  }

  @Override
  public boolean isForked() {
    return forked;
  }

  @Override
  public void rows(List<LogRow> page) {
    for (var row : page) {
      count++;
      bytes += row.outcome().blobs().events().length;
      if (counts(row.outcome())) {
        version = after(row);
      }
      if (type.hasOneHome() && version.past().frontier().size() > 1) {
        forked = true;
        return;
      }
    }
  }

  private Version after(LogRow row) {
    var commit = folding.read(row.outcome(), row.position());
    return commit == null
        ? folding.unreadable(version, row.outcome(), row.outcome().commitDot())
        : folding.next(version, commit, row.position());
  }

  /** Types with a single home have one region that accepts. */
  private boolean counts(Outcome outcome) {
    return !type.commutes() || outcome.commandId() == null || commands.add(outcome.commandId());
  }

  @Override
  public void finish() {
    if (pages.isTooLarge()) {
      live.breakWith(Rebuild.tooLarge(maxBytes));
      return;
    }
    var known = live.committed();
    if (count < known.version()) {
      throw new StoreContradictionException(
          "the store has "
              + count
              + " versions of "
              + live.key()
              + ", this job has seen "
              + known.version());
    }
    live.madeAnew(
        new Version(count, known.past(), known.past().frontier(), version.state()),
        folding.problem(),
        bytes);
  }
}
