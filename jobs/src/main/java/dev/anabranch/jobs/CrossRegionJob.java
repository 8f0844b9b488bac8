package dev.anabranch.jobs;

import dev.anabranch.jobs.checks.CrossRegionStartCheck;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.jobs.options.FlinkSettings;
import dev.anabranch.jobs.options.OptionsReference;
import dev.anabranch.jobs.options.PeerOptions;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.replication.ReplicationOperator;
import dev.anabranch.operators.replication.ReplicationOperatorFactory;
import dev.anabranch.operators.replication.intake.LogWatch;
import dev.anabranch.operators.replication.intake.LogWatchFactory;
import dev.anabranch.operators.replication.intake.PeerFilter;
import dev.anabranch.operators.replication.intake.RegionIntake;
import dev.anabranch.operators.replication.intake.RegionIntakeFactory;
import dev.anabranch.operators.replication.intake.RepublishFunction;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.serde.LogRowTypeInfo;
import dev.anabranch.serde.PublishedRowTypeInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple5;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Merges the published logs of a region and its peers: lets remote commits pass to the command job
 * in causal order, and shows what the aggregates have become and where they are in conflict.
 *
 * <p>{@code -c dev.anabranch.jobs.CrossRegionJob ... --config region.yaml [--key value ...]}; the
 * options are those of {@link CrossRegionJobOptions}.
 */
public final class CrossRegionJob {

  private CrossRegionJob() {}

  public static void main(String[] args) throws Exception {
    if (Arrays.asList(args).contains("--help")) {
      System.out.println(OptionsReference.crossRegionJob());
      return;
    }
    var options = CrossRegionJobOptions.fromArgs(args);
    var env = StreamExecutionEnvironment.getExecutionEnvironment();

    prepare(env, options, DomainLoader.services());
    env.execute(nameOf(options));
  }

  /** Checks everything that the job needs, then builds it. */
  public static void prepare(
      StreamExecutionEnvironment env, CrossRegionJobOptions options, DomainLoader domain) {
    // What a task would find out much later, and again at each restart.
    domain.load(Thread.currentThread().getContextClassLoader());
    build(
        env, options, domain, CrossRegionEndpoints.of(options, CrossRegionStartCheck.run(options)));
  }

  /** The whole dataflow, top to bottom. */
  static void build(
      StreamExecutionEnvironment env,
      CrossRegionJobOptions options,
      DomainLoader domain,
      CrossRegionEndpoints endpoints) {
    FlinkSettings.apply(env, options.region(), options.flink(), FlinkSettings.CHECKPOINTS);

    var logs = new ArrayList<DataStream<PublishedRow>>();
    var deadLetters = new ArrayList<DataStream<DeadLetter>>();
    var notes = new ArrayList<DataStream<Tuple5<String, Integer, Long, Long, Integer>>>();
    endpoints
        .logs()
        .forEach(
            (region, source) -> {
              var intake =
                  env.fromSource(source, WatermarkStrategy.noWatermarks(), "log of " + region)
                      .uid(Uids.logSource(region))
                      .transform(
                          "intake of " + region,
                          PublishedRowTypeInfo.INSTANCE,
                          intake(options, region, domain, endpoints))
                      .uid(Uids.intake(region));
              logs.add(intake);
              deadLetters.add(intake.getSideOutput(RegionIntake.DEAD_LETTERS));
              notes.add(intake.getSideOutput(RegionIntake.NOTES));
            });
    var watch =
        union(notes)
            .keyBy(LogWatchFactory.key(), Types.STRING)
            .transform(
                "log watch",
                PublishedRowTypeInfo.INSTANCE,
                new LogWatchFactory(
                    options.operator().region(),
                    options.operator().regions().size(),
                    options.operator().holdPatience(),
                    peerStores(options, domain, endpoints)))
            .uid(Uids.LOG_WATCH);
    logs.add(watch);

    var merged =
        union(logs)
            .keyBy(new AggregateOfPublished(), Types.STRING)
            .transform(
                "replication",
                PublishedRowTypeInfo.INSTANCE,
                new ReplicationOperatorFactory(options.operator(), domain, endpoints.store()))
            .uid(Uids.REPLICATION);

    // Chained, the first three: an exchange could reorder an aggregate when the job is rescaled.
    merged.sinkTo(endpoints.inbound()).name("inbound").uid(Uids.INBOUND);
    merged
        .getSideOutput(ReplicationOperator.VIEWS)
        .sinkTo(endpoints.views())
        .name("views")
        .uid(Uids.VIEWS);
    var conflicts = merged.getSideOutput(ReplicationOperator.CONFLICTS);
    conflicts.sinkTo(endpoints.conflicts()).name("conflicts").uid(Uids.CONFLICTS);
    conflicts.sinkTo(endpoints.conflictTable()).name("conflict table").uid(Uids.CONFLICT_TABLE);
    buildRepublish(
        env,
        options,
        endpoints,
        merged
            .getSideOutput(ReplicationOperator.REQUESTS)
            .union(watch.getSideOutput(LogWatch.REQUESTS)));
    deadLetters.add(merged.getSideOutput(ReplicationOperator.DEAD_LETTERS));
    union(deadLetters)
        .sinkTo(endpoints.deadLetters())
        .name("dead letters")
        .uid(Uids.REPLICATION_DEAD_LETTERS);
  }

  /** What other regions miss is published again, from the own store; and the other way round. */
  private static void buildRepublish(
      StreamExecutionEnvironment env,
      CrossRegionJobOptions options,
      CrossRegionEndpoints endpoints,
      DataStream<CommandRecord> ownRequests) {
    var requests = new ArrayList<DataStream<CommandRecord>>();
    endpoints
        .requests()
        .forEach(
            (region, source) ->
                requests.add(
                    env.fromSource(
                            source, WatermarkStrategy.noWatermarks(), "requests of " + region)
                        .uid(Uids.requestSource(region))));
    var operator = options.operator();
    var answered =
        union(requests)
            .keyBy(new RoutingKey(), Types.STRING)
            .process(
                new RepublishFunction(
                    operator.region(),
                    operator.shardCount(),
                    operator.holdPatience(),
                    endpoints.store()),
                LogRowTypeInfo.INSTANCE)
            .name("republish")
            .uid(Uids.REPUBLISH);
    answered.sinkTo(endpoints.republished()).name("republished events").uid(Uids.REPUBLISHED);
    ownRequests
        .union(answered.getSideOutput(RepublishFunction.PASSED_ON))
        .sinkTo(endpoints.ownRequests())
        .name("republish requests")
        .uid(Uids.REPUBLISH_REQUESTS);
  }

  private static Map<String, LogWatchFactory.PeerStore> peerStores(
      CrossRegionJobOptions options, DomainLoader domain, CrossRegionEndpoints endpoints) {
    var stores = new HashMap<String, LogWatchFactory.PeerStore>();
    for (var peer : options.peers()) {
      var store = endpoints.peerStores().get(peer.region());
      if (store != null) {
        stores.put(peer.region(), new LogWatchFactory.PeerStore(store, peer.filter(), domain));
      }
    }
    return stores;
  }

  private static RegionIntakeFactory intake(
      CrossRegionJobOptions options,
      String region,
      DomainLoader domain,
      CrossRegionEndpoints endpoints) {
    var isOwn = region.equals(options.region().name().value());
    var filter =
        options.peers().stream()
            .filter(peer -> peer.region().equals(region))
            .map(PeerOptions::filter)
            .findFirst()
            .orElse(PeerFilter.NONE);
    return new RegionIntakeFactory(
        region,
        isOwn,
        filter,
        domain,
        Objects.requireNonNull(endpoints.ends().get(region)),
        isOwn ? endpoints.losses() : List.of());
  }

  private static <T> DataStream<T> union(List<DataStream<T>> streams) {
    var all = streams.get(0);
    for (var stream : streams.subList(1, streams.size())) {
      all = all.union(stream);
    }
    return all;
  }

  /** What the cluster calls the job. */
  public static String nameOf(CrossRegionJobOptions options) {
    return "cross-region-" + options.region().name();
  }
}
