package dev.anabranch.cli.log;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.history.Commit;
import dev.anabranch.history.FoldedState;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.versions.GraphEntriesInMemory;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionSnapshotsInMemory;
import dev.anabranch.versions.VersionStates;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state that the stored commits of one aggregate make, by the same steps as the command job:
 * upcast, decode, evolve; where regions change the aggregate at once, also against its policy, over
 * the graph of its versions.
 *
 * <p><b>Order.</b> Takes the rows that have a dot, in the order of the log. A type without a graph
 * needs its versions only.
 */
public final class AggregateFold implements Consumer<LogRow> {

  private final TypeFold fold;

  // -- Without a graph.
  private FoldedState state;

  /** Whether all commits must be there before they are folded, in (hlc, dot) order. */
  private boolean inTimeOrder;

  /** Greatest hybrid logical time of a commit. */
  private long hlc;

  /** The commits of a type that is made of replicated data types; null for other types. */
  private final @Nullable List<Commit> commits;

  /** The commits of a type with a single home; null for other types, and once a fork is found. */
  private @Nullable HomeCommits home;

  // -- With one.
  private final Map<Dot, byte[]> events = new HashMap<>();
  private final VersionFolding<Object> folding;
  private @Nullable VersionStates<Object> versions;

  private long version;
  private long occurredAtMicros;

  public AggregateFold(AggregateType<?, ?, ?> type) {
    this.fold = TypeFold.of(type);
    this.state = fold.initial();
    this.folding = fold.versions(events::get);
    this.versions = fold.hasGraph() ? emptyGraph() : null;
    this.home = fold.hasOneHome() ? new HomeCommits() : null;
    this.commits = fold.commutes() ? new ArrayList<>() : null;
  }

  private VersionStates<Object> emptyGraph() {
    return new VersionStates<>(
        new VersionGraph(new GraphEntriesInMemory()), folding, new VersionSnapshotsInMemory<>());
  }

  /** Whether tombstones count too, since versions may be built on them. */
  public boolean hasGraph() {
    return fold.hasGraph();
  }

  /**
   * @throws CodecException if the domain can't read or fold an event; names the commit
   */
  @Override
  public void accept(LogRow row) {
    var outcome = row.outcome();
    try {
      apply(outcome);
    } catch (RuntimeException e) {
      throw new CodecException(
          "version "
              + outcome.version()
              + " of "
              + outcome.aggregate()
              + " can't be folded: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * Folds one row.
   *
   * @throws RuntimeException what the codec or the application's code throws
   */
  public void apply(Outcome outcome) {
    var commit = Commit.of(outcome);
    if (versions != null) {
      add(versions, commit);
    } else if (home != null && outcome.kind().hasVersion() && home.isForkedBy(commit)) {
      var graph = emptyGraph();
      home.all().forEach(each -> add(graph, each));
      versions = graph;
      home = null;
    } else if (outcome.kind().hasVersion()) {
      if (commits != null) {
        checkChoice(commit);
        commits.add(commit);
        inTimeOrder |= !outcome.slot().isEmpty() || outcome.stamp().hlc() < hlc;
        hlc = Math.max(hlc, outcome.stamp().hlc());
      }
      if (!inTimeOrder) {
        state = sound(fold.fold(state, commit));
      }
    }
    if (outcome.kind().hasVersion()) {
      version = outcome.version();
      occurredAtMicros = outcome.stamp().occurredAtMicros();
    }
  }

  /** Refuses what the jobs refuse, which park the aggregate. */
  private void checkChoice(Commit commit) {
    var chosen = fold.choiceIn(commit);
    if (!chosen.isEmpty()) {
      throw new CodecException(chosen);
    }
  }

  private void add(VersionStates<Object> graph, Commit commit) {
    events.put(commit.dot(), commit.events());
    var unused = graph.add(commit.node());
  }

  /**
   * The state of replicated data types, of a command that was accepted in two regions that of the
   * first of its commits in (hlc, dot) order, as in both jobs. A payload that a filter had withheld
   * comes after its effects.
   */
  private FoldedState folded() {
    if (commits == null || !inTimeOrder) {
      return state;
    }
    var inOrder = new ArrayList<>(commits);
    inOrder.sort(Comparator.comparingLong(Commit::hlc).thenComparing(Commit::dot));
    var commands = new HashSet<String>();
    var again = fold.initial();
    for (var each : inOrder) {
      var commandId = each.outcome().commandId();
      if (commandId == null || commands.add(commandId)) {
        again = fold.fold(again, each);
      }
    }
    return again;
  }

  /** The version of the last commit, or 0 without one. */
  public long version() {
    return version;
  }

  /** When the last commit was decided. */
  public long occurredAtMicros() {
    return occurredAtMicros;
  }

  /** The state, of concurrent versions what the policy's resolver makes of them. */
  public EncodedMessage state() {
    return versions == null ? fold.encode(folded()) : encode(versions.resolved(fold.resolverId()));
  }

  /** The concurrent versions and their states, in (hlc, dot) order; empty: there is only one. */
  public List<LiveVersion<EncodedMessage>> concurrent() {
    if (versions == null || versions.graph().live().size() < 2) {
      return List.of();
    }
    return versions.live().stream()
        .map(each -> new LiveVersion<>(each.dot(), each.hlc(), encode(each.state())))
        .toList();
  }

  private EncodedMessage encode(Object version) {
    return fold.type().stateCodec().encode(version);
  }

  /** Returns the state itself, and throws why there is none. */
  private static FoldedState sound(FoldedState folded) {
    var unused = folded.value();
    return folded;
  }
}
