package dev.anabranch.operators.command.aggregate;

import dev.anabranch.history.Commit;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.versions.VersionNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a graph of all commits anew. Their events go to the keyed state as they come, where they
 * may be already; their places in the graph are kept until all have come.
 */
final class GraphRebuild implements Rebuild {

  /** Estimate of what a node takes on the heap, without what it has in bytes. */
  private static final int NODE_BYTES = 512;

  private final LiveAggregate live;
  private final HeardRegions heard;
  private final AggregateGraph graph;
  private final long maxBytes;
  private final HistoryPages pages;
  private final List<VersionNode> nodes = new ArrayList<>();
  private @Nullable String problem;
  private long eventBytes;
  private long bytes;
  private volatile boolean tooLarge;

  /**
   * @param graph which the aggregate has, or gets at the end
   */
  GraphRebuild(LiveAggregate live, HeardRegions heard, AggregateGraph graph, long maxBytes) {
    this.live = live;
    this.heard = heard;
    this.graph = graph;
    this.maxBytes = maxBytes;
    this.pages = new HistoryPages(live.key(), HistoryPages.Order.LOG, maxBytes);
  }

  @Override
  public HistoryPages pages() {
    return pages;
  }

  @Override
  public boolean hasEnough() {
    return tooLarge;
  }

  @Override
  public boolean isForked() {
    return false;
  }

  @Override
  public void rows(List<LogRow> page) {
    for (var row : page) {
      add(row.outcome());
    }
    tooLarge = bytes > maxBytes;
  }

  private void add(Outcome outcome) {
    eventBytes += outcome.blobs().events().length;
    VersionNode node;
    try {
      node = Commit.of(outcome).node();
    } catch (Throwable e) {
      problem = problem(String.valueOf(outcome.dot()), e);
      return;
    }
    graph.keepEvents(node, outcome.blobs().events());
    nodes.add(node);
    var commandId = outcome.commandId();
    bytes +=
        NODE_BYTES
            + outcome.blobs().causality().length
            + (commandId == null ? 0 : commandId.length());
  }

  @Override
  public void finish() {
    if (tooLarge) {
      live.breakWith(Rebuild.tooLarge(maxBytes));
      return;
    }
    graph.clear();
    for (var node : nodes) {
      try {
        graph.addStored(node);
      } catch (Throwable e) {
        // Also a missing version: these were all that there are, and it is not made anew again.
        problem = problem(node.dot().toString(), e);
      }
    }
    live.madeAnew(heard, graph, problem, eventBytes);
  }

  private static String problem(String dot, Throwable e) {
    return "its version " + dot + " can't be folded by this release: " + ApplicationCode.problem(e);
  }
}
