package dev.anabranch.operators.replication.intake;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.ReplicationFilter;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.gate.Causality;
import dev.anabranch.history.Commit;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out what a connection does not take. Of an aggregate that may be changed in several
 * regions a tombstone stays, so that what depends on it is not held for ever.
 */
final class CommitFilter {

  private final Set<String> types;
  private final Predicate<String> ids;
  private final @Nullable ReplicationFilter filter;
  private final AggregateTypes known;

  private CommitFilter(
      Set<String> types,
      Predicate<String> ids,
      @Nullable ReplicationFilter filter,
      AggregateTypes known) {
    this.types = types;
    this.ids = ids;
    this.filter = filter;
    this.known = known;
  }

  /**
   * @throws IllegalStateException if no filter of that name is found
   */
  static CommitFilter of(PeerFilter spec, AggregateTypes known, ClassLoader userCode) {
    return of(spec, spec.filter().isEmpty() ? null : find(spec.filter(), userCode), known);
  }

  static CommitFilter of(
      PeerFilter spec, @Nullable ReplicationFilter filter, AggregateTypes known) {
    Predicate<String> ids =
        spec.idPattern().isEmpty()
            ? id -> true
            : Pattern.compile(spec.idPattern()).asMatchPredicate();
    return new CommitFilter(Set.copyOf(spec.types()), ids, filter, known);
  }

  static ReplicationFilter find(String name, ClassLoader userCode) {
    return ServiceLoader.load(ReplicationFilter.class, userCode).stream()
        .map(ServiceLoader.Provider::get)
        .filter(found -> found.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no ReplicationFilter is named '"
                        + name
                        + "'; name its class in META-INF/services/"
                        + ReplicationFilter.class.getName()
                        + " of a jar on the job's class path"));
  }

  /**
   * The row, or its tombstone; null: nothing is taken of the aggregate.
   *
   * @param commit what the row says
   */
  @Nullable LogRow apply(LogRow row, Commit commit) {
    var outcome = row.outcome();
    var aggregate = outcome.aggregate();
    var takesAggregate =
        (types.isEmpty() || types.contains(aggregate.type()))
            && ids.test(aggregate.id())
            && (filter == null || filter.acceptsAggregate(aggregate.type(), aggregate.id()));
    if (!isShared(aggregate.type())) {
      return takesAggregate ? row : null;
    }
    return takesAggregate && takesCommit(outcome) ? row : tombstone(row, commit);
  }

  private boolean takesCommit(Outcome outcome) {
    return filter == null
        || outcome.kind() != RowKind.COMMIT
        || filter.acceptsCommit(
            outcome.aggregate().type(),
            outcome.aggregate().id(),
            MetadataBlob.decode(outcome.blobs().metadata()),
            EventsBlob.decode(outcome.blobs().events()));
  }

  /** Whether several regions may change such an aggregate; of an unknown type that is not known. */
  private boolean isShared(String type) {
    return known
        .find(type)
        .map(found -> !(found.replication() instanceof ReplicationPolicy.SingleHome<?>))
        .orElse(false);
  }

  private static LogRow tombstone(LogRow row, Commit commit) {
    var outcome = row.outcome();
    var causality = commit.causality();
    var kept =
        new Causality(causality.context(), causality.parents(), causality.dependencies(), "");
    return new Outcome(
            RowKind.TOMBSTONE,
            outcome.aggregate(),
            Outcome.NO_VERSION,
            null,
            "",
            outcome.dot(),
            outcome.stamp(),
            new Blobs(CausalityBlob.encode(kept), Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY))
        .at(row.shard(), row.offset());
  }
}
