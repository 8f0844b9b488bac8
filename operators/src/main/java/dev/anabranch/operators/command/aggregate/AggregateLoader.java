package dev.anabranch.operators.command.aggregate;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.gate.CausalPast;
import dev.anabranch.history.FoldedState;
import dev.anabranch.history.TypeFold;
import dev.anabranch.history.TypeFolds;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.stored.AggregateRecord;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import dev.anabranch.versions.ApplicationCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes aggregates from the keyed state, and makes anew from their history those that this
 * release can't go on with as they were stored.
 *
 * <p><b>Failure.</b> An aggregate that can't be decoded is loaded all the same, broken.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class AggregateLoader {

  private final TypeFolds folds;
  private final CommandState state;
  private final HeardRegions.Regions regions;
  private final long maxBytes;

  /**
   * @param maxBytes what making one anew may take on the heap
   */
  AggregateLoader(
      AggregateTypes types, CommandState state, HeardRegions.Regions regions, long maxBytes) {
    this.folds = new TypeFolds(types);
    this.state = state;
    this.regions = regions;
    this.maxBytes = maxBytes;
  }

  LiveAggregate load(AggregateKey key, String routingKey, Keeper keeper) {
    var type = folds.find(key.type());
    var record = state.aggregate(routingKey);
    var forked = isForked(type, record);
    var heard =
        type == null || (type.hasOneHome() && !forked)
            ? null
            : new HeardRegions(routingKey, state, regions);
    var graph =
        type != null && heard != null && (forked || type.hasGraph())
            ? new AggregateGraph(routingKey, state, type, heard, record == null)
            : null;
    if (record == null) {
      var initial = type == null ? null : type.initial();
      var state = initial == null ? null : initial.orNull();
      var none = new Version(0, CausalPast.NONE, List.of(), state);
      var fresh =
          new LiveAggregate(key, routingKey, type, heard, graph, none, CommandWindow.EMPTY, keeper);
      fresh.breakWith(initial == null ? null : reason(initial));
      return fresh;
    }
    var brokenReason = record.brokenReason();
    Object value = null;
    if (type == null) {
      brokenReason = "its type is not registered with this job";
    } else if (record.version() == 0) {
      var initial = type.initial();
      value = initial.orNull();
      brokenReason = reason(initial);
    } else if (graph != null && isFromAnotherPolicy(record, graph)) {
      brokenReason = "its versions were not kept under its former replication policy";
    } else if (graph != null && graph.problem() != null) {
      brokenReason = graph.problem();
    } else if (graph != null) {
      try {
        value = graph.state();
      } catch (Throwable e) {
        brokenReason =
            "its versions can't be folded by this release: " + ApplicationCode.problem(e);
      }
    } else if (record.state() == null) {
      brokenReason = brokenReason == null ? "its state was not stored" : brokenReason;
    } else if (type.hasOneHome() && record.past().frontier().size() > 1) {
      brokenReason = Folding.FORKED;
    } else if (type.hasOneHome() && wasReplicated(record, routingKey)) {
      brokenReason = "its type was one of replicated data types: its state is made from the log";
    } else if (brokenReason == null) {
      var stored = type.decode(record.state());
      value = stored.orNull();
      brokenReason = reason(stored);
    }
    var versions = graph == null ? record.past().frontier() : graph.live();
    var committed = new Version(record.version(), record.past(), versions, value);
    var live =
        new LiveAggregate(key, routingKey, type, heard, graph, committed, record.window(), keeper);
    live.breakWith(brokenReason);
    live.measured(record.state());
    return live;
  }

  /**
   * Whether the aggregate was written last while its type kept no graph. What the graph has is
   * nothing then, or what it had before that: it must be made from the log again.
   */
  private static boolean isFromAnotherPolicy(AggregateRecord record, AggregateGraph graph) {
    return record.state() != null || graph.live().isEmpty();
  }

  /**
   * Whether a type with a single home was one of replicated data types, of which is noted what was
   * heard: concurrent commits may be in its state. What one region alone has made has none.
   */
  private boolean wasReplicated(AggregateRecord record, String routingKey) {
    return record.past().applied().size() > 1 && HeardRegions.isNoted(routingKey, state);
  }

  /** The state was made from the log under the policy that the type has now. */
  void rebuilt(LiveAggregate live) {
    if (live.heard() == null && live.committed().past().applied().size() > 1) {
      HeardRegions.forget(live.routingKey(), state);
    }
  }

  /**
   * Whether the type has a single home and the aggregate a graph all the same, which has its state.
   */
  private static boolean isForked(@Nullable TypeFold type, @Nullable AggregateRecord record) {
    return type != null
        && record != null
        && type.hasOneHome()
        && record.version() > 0
        && record.state() == null
        && record.brokenReason() == null;
  }

  /** Makes a parked aggregate anew, without a graph or with the one that its type has. */
  Rebuild rebuild(LiveAggregate live) {
    var type = live.fold();
    if (type != null && live.graph() == null) {
      return new StateRebuild(live, type, maxBytes);
    }
    return rebuildWithVersions(live);
  }

  /** Makes a parked aggregate anew with a graph, which it gets if it has none. */
  Rebuild rebuildWithVersions(LiveAggregate live) {
    var type = live.fold();
    if (type == null) {
      throw new IllegalStateException(live.key() + " is of an unknown type");
    }
    var graph = live.graph();
    var heard = live.heard();
    if (graph == null || heard == null) {
      heard = new HeardRegions(live.routingKey(), state, regions);
      graph = new AggregateGraph(live.routingKey(), state, type, heard, false);
    }
    return new GraphRebuild(live, heard, graph, maxBytes);
  }

  /** Why there is no state; null: there is one. */
  static @Nullable String reason(FoldedState state) {
    return state.isBroken() ? state.problem() : null;
  }
}
