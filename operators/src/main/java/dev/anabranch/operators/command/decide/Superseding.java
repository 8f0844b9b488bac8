package dev.anabranch.operators.command.decide;

import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.causality.Dot;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.operators.command.aggregate.LiveAggregate;
import dev.anabranch.operators.task.RegionMap;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells which outcome counts of a command that several regions have decided: of what they accepted
 * the first commit, in (hlc, dot) order, that no choice between versions has made void. The log has
 * the commits of other regions in slots of their own, for ever; a graph forgets whose command a
 * commit was once every region has it.
 */
public final class Superseding {

  private static final Comparator<LogRow> IN_ORDER =
      Comparator.comparingLong((LogRow row) -> row.outcome().stamp().hlc())
          .thenComparing(
              row -> row.outcome().dot(), Comparator.nullsFirst(Comparator.<Dot>naturalOrder()));

  private final boolean isAlone;

  public Superseding(RegionMap regions) {
    this.isAlone = regions.all().size() < 2;
  }

  /**
   * Whether another region's outcome may count instead of this region's own.
   *
   * @param own its row
   */
  public boolean isPossible(LiveAggregate live, LogRow own) {
    var dot = own.outcome().dot();
    var type = live.type();
    if (isAlone || type == null) {
      return false;
    }
    if (dot == null) {
      return true;
    }
    var graph = live.graph();
    return graph == null
        ? type.replication() instanceof ReplicationPolicy.ReplicatedTypes
        : graph.isTwin(dot);
  }

  /**
   * The row that counts instead of this region's own; null: none does.
   *
   * @param rows of the command, in all slots
   */
  @Nullable
  public LogRow counting(LiveAggregate live, LogRow own, List<LogRow> rows) {
    var first = rows.stream().filter(row -> isCounted(live, row)).min(IN_ORDER).orElse(null);
    return first == null || first.position().equals(own.position()) ? null : first;
  }

  private static boolean isCounted(LiveAggregate live, LogRow row) {
    var kind = row.outcome().kind();
    var dot = row.outcome().dot();
    var graph = live.graph();
    return (kind == RowKind.COMMIT || kind == RowKind.RESOLUTION)
        && dot != null
        && (graph == null || !graph.isVoid(dot));
  }
}
