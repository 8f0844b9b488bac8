package dev.anabranch.operators.replication.intake;

import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.LogEnds;
import java.util.List;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the {@link RegionIntake} of each subtask. */
public final class RegionIntakeFactory extends AbstractStreamOperatorFactory<PublishedRow>
    implements OneInputStreamOperatorFactory<CommandRecord, PublishedRow> {

  private static final long serialVersionUID = 1L;

  private final String region;
  private final boolean isOwn;
  private final PeerFilter filter;
  private final DomainLoader domain;
  private final LogEnds ends;
  private final List<AcceptedLoss> losses;
  private final TaskThreads threads;

  /**
   * @param region whose topic is read
   * @param isOwn whether it is the job's own region
   * @param ends where that topic ends
   * @param losses rows of that topic that the region has given up, as far as it is known here
   */
  public RegionIntakeFactory(
      String region,
      boolean isOwn,
      PeerFilter filter,
      DomainLoader domain,
      LogEnds ends,
      List<AcceptedLoss> losses) {
    this(region, isOwn, filter, domain, ends, losses, TaskThreads.REAL);
  }

  /**
   * The factory.
   *
   * @param threads of what asks where the topic ends
   */
  public RegionIntakeFactory(
      String region,
      boolean isOwn,
      PeerFilter filter,
      DomainLoader domain,
      LogEnds ends,
      List<AcceptedLoss> losses,
      TaskThreads threads) {
    this.region = region;
    this.isOwn = isOwn;
    this.filter = filter;
    this.domain = domain;
    this.ends = ends;
    this.losses = List.copyOf(losses);
    this.threads = threads;
  }

  String region() {
    return region;
  }

  boolean isOwn() {
    return isOwn;
  }

  PeerFilter filter() {
    return filter;
  }

  DomainLoader domain() {
    return domain;
  }

  LogEnds ends() {
    return ends;
  }

  TaskThreads threads() {
    return threads;
  }

  List<AcceptedLoss> losses() {
    return losses;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as declared by Flink
  public <T extends StreamOperator<PublishedRow>> T createStreamOperator(
      StreamOperatorParameters<PublishedRow> parameters) {
    return (T) new RegionIntake(parameters, this);
  }

  @Override
  @SuppressWarnings("rawtypes") // as declared by Flink
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return RegionIntake.class;
  }
}
