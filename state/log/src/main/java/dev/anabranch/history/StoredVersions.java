package dev.anabranch.history;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.versions.PolicyResolvers;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.versions.VersionNode;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the stored commits of one aggregate become versions, and versions become states: the same for
 * whoever keeps its graph, a job or a tool that reads the log.
 *
 * <p><b>Threads.</b> As the function that gives the events.
 *
 * @param <S> state
 */
public final class StoredVersions<S> implements VersionFolding<S> {

  private final AggregateType<S, ?, ?> type;
  private final PolicyResolvers<S> resolvers;
  private final Function<Dot, byte[]> events;

  /**
   * @param events as stored, of a commit that is in the graph; throws if it does not have them
   */
  public StoredVersions(AggregateType<S, ?, ?> type, Function<Dot, byte[]> events) {
    this.type = type;
    this.resolvers = new PolicyResolvers<>(type.replication());
    this.events = events;
  }

  /** Whether the command job keeps versions of this type in a graph. */
  public static boolean hasGraph(AggregateType<?, ?, ?> type) {
    return type.replication() instanceof ReplicationPolicy.Automatic
        || type.replication() instanceof ReplicationPolicy.Interactive;
  }

  /** The resolver that commits of several parents are decided with; empty: the type has none. */
  public String currentResolverId() {
    return resolvers.currentId();
  }

  @Override
  public S initial() {
    return type.decider().initialState();
  }

  @Override
  public S evolve(S before, VersionNode node) {
    var at = EventContext.of(node.dot(), node.context(), node.hlc());
    return CommitFold.apply(type, before, at, events.apply(node.dot()));
  }

  @Override
  public S resolve(String resolverId, List<LiveVersion<S>> versions, S base) {
    return resolvers.resolve(resolverId, versions, base);
  }

  @Override
  public @Nullable String resolverFor(String resolverId) {
    return resolvers.resolverFor(resolverId);
  }

  /** Why a commit that names this resolver can't be made again, and what to do. */
  public String missing(String resolverId) {
    return PolicyResolvers.missing(resolverId, type.replication());
  }
}
