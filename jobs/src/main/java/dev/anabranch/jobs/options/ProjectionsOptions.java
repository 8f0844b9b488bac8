package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.causality.RegionId;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import dev.anabranch.operators.projection.ProjectionOperatorOptions;
import java.time.Duration;
import java.util.List;

/**
 * The projections that a job fills, and how.
 *
 * @param names empty: all that the job's code has
 */
public record ProjectionsOptions(
    List<String> names, String groupId, ProjectionOperatorOptions operator) {

  static final String PREFIX = "projections.";

  static final JobOption<List<String>> NAMES =
      JobOption.withDefault(
          key("projections.names")
              .stringType()
              .asList()
              .defaultValues()
              .withDescription(
                  "Names of the projections that the job fills; empty: all that its code has. Several"
                      + " jobs may share the work, each with projections of its own."),
          ValueRule.eachMatching("[a-z][a-z0-9_-]{0,47}", "names of projections, commas between"));

  static final JobOption<String> GROUP_ID =
      JobOption.optional(
          key("projections.group-id")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Consumer group to which the job commits how far it has read the events topic. It"
                      + " only saves reading from the event store: where each projection stands is"
                      + " in the query database."),
          ValueRule.matching("\\S{1,200}", "1 to 200 characters without spaces"),
          "`anabranch-projections-` and the region's name");

  static final JobOption<Integer> LANES =
      JobOption.withDefault(
          key("projections.lanes")
              .intType()
              .defaultValue(1)
              .withDescription(
                  "Number of connections, each with one transaction under way, that a subtask has for"
                      + " each version of each projection and each database of the event store."),
          ValueRule.between(1, 64));

  static final JobOption<Integer> BATCH_ROWS =
      JobOption.withDefault(
          key("projections.max-batch-rows")
              .intType()
              .defaultValue(500)
              .withDescription("Most rows of the log that one transaction applies."),
          ValueRule.between(1, 10_000));

  static final JobOption<Integer> PENDING_ROWS =
      JobOption.withDefault(
          key("projections.max-pending-rows")
              .intType()
              .defaultValue(2_000)
              .withDescription(
                  "Most rows of the log that one lane has taken in and not applied, or fewer that"
                      + " take 8 MiB; beyond it the job stops reading until some are."),
          ValueRule.between(1, 1_000_000));

  static final JobOption<Integer> CATCH_UP_ROWS =
      JobOption.withDefault(
          key("projections.catch-up-rows")
              .intType()
              .defaultValue(5_000)
              .withDescription(
                  "Most rows of one shard that one transaction applies when they are read from the"
                      + " event store, or fewer that take 8 MiB: after a gap, and for a new"
                      + " version."),
          ValueRule.between(1, 100_000));

  static final JobOption<Integer> REBUILD_RATE =
      JobOption.withDefault(
          key("projections.rebuild-rows-per-second")
              .intType()
              .defaultValue(0)
              .withDescription(
                  "Most rows of the log per second, all subtasks together, that a version reads from"
                      + " the event store while it is not live, to spare the databases; 0: no limit."),
          ValueRule.between(0, 100_000_000));

  static final JobOption<Integer> MAX_PARKED =
      JobOption.withDefault(
          key("projections.max-parked")
              .intType()
              .defaultValue(10_000)
              .withDescription(
                  "Most rows of the log that one lane of a version may have parked: failed ones and"
                      + " those behind them. At that limit the version waits, until some"
                      + " are applied or discarded; others go on."),
          ValueRule.between(1, 1_000_000));

  static final JobOption<Duration> WATCH_INTERVAL =
      JobOption.withDefault(
          key("projections.watch-interval")
              .durationType()
              .defaultValue(Duration.ofSeconds(1))
              .withDescription(
                  "How often the job looks for new versions, for requests about dead letters, and for"
                      + " the end of the log, from which its lag is told."),
          ValueRule.between(Duration.ofMillis(50), Duration.ofMinutes(1)));

  /** Longer than any transaction takes, or a restart of the job that fills a version. */
  private static final Duration TAKE_OVER_AFTER = Duration.ofMinutes(1);

  static final List<JobOption<?>> ALL =
      List.of(
          NAMES,
          GROUP_ID,
          LANES,
          BATCH_ROWS,
          PENDING_ROWS,
          CATCH_UP_ROWS,
          REBUILD_RATE,
          MAX_PARKED,
          WATCH_INTERVAL);

  static ProjectionsOptions read(OptionReader reader, RegionId region, int shardCount) {
    var batch = reader.get(BATCH_ROWS);
    var pending = reader.get(PENDING_ROWS);
    reader.require(
        pending >= batch,
        PENDING_ROWS,
        "must be at least " + BATCH_ROWS + ", " + batch,
        BATCH_ROWS);
    return new ProjectionsOptions(
        reader.get(NAMES),
        reader.find(GROUP_ID).orElse("anabranch-projections-" + region),
        new ProjectionOperatorOptions(
            shardCount,
            reader.get(LANES),
            batch,
            Math.max(batch, pending),
            reader.get(CATCH_UP_ROWS),
            reader.get(REBUILD_RATE),
            reader.get(MAX_PARKED),
            reader.get(WATCH_INTERVAL),
            TAKE_OVER_AFTER));
  }
}
