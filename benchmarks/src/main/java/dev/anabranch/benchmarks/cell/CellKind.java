package dev.anabranch.benchmarks.cell;

import dev.anabranch.benchmarks.load.AggregateDraw;
import dev.anabranch.benchmarks.load.ClosedLoop;
import dev.anabranch.benchmarks.load.OpenLoop;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.StoreCheck;
import dev.anabranch.benchmarks.subject.InProcessJob;
import dev.anabranch.benchmarks.subject.InProcessJob.Writers;
import dev.anabranch.benchmarks.subject.KafkaTarget;
import dev.anabranch.benchmarks.subject.RawWriter;
import dev.anabranch.benchmarks.subject.Relay;
import dev.anabranch.benchmarks.subject.TwoRegions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The cells that can be asked for. */
public enum CellKind {
  /** Multi-row inserts by hand, as fast as the connections take them. */
  RAW_INSERT,
  /** Inserts these rows through the connector's session. */
  CONNECTOR_INSERT,
  /** Group commit by plain threads, closed loop. */
  RAW_WRITER,
  /** The command operator in a Flink job of this JVM, closed loop, no Kafka. */
  IN_PROCESS,
  /** In process, where one aggregate takes half of the commands. */
  IN_PROCESS_HOT,
  /** Every region may change the aggregates, and the other one is silent. */
  IN_PROCESS_REPLICATED,
  /** {@link #IN_PROCESS} on a region that holds {@code --stored} aggregates. */
  IN_PROCESS_LARGE,
  /** In process, at a given rate. */
  IN_PROCESS_OPEN,
  /** Every row of such a region, read by hand. */
  RAW_SCAN,
  /** Start of the operator on such a region, without a checkpoint. */
  RECOVERY,
  /** Kafka, RocksDB, Kafka: no store. */
  PASS_THROUGH,
  /** The command job on a backlog of commands in Kafka. */
  KAFKA_BACKLOG,
  /** The command job with a client of this JVM, closed loop. */
  KAFKA_CLOSED,
  /** From Kafka to Kafka at a given rate. */
  KAFKA_OPEN,
  /** {@link #PASS_THROUGH} of a region's published log. */
  LOG_PASS_THROUGH,
  /** The records that {@link #MERGE} reads and writes, without its work. */
  MERGE_PASS_THROUGH,
  /** The cross-region job on the log of a peer. */
  MERGE,
  /** Merges a backlog of {@code --backlog} commits. */
  CATCH_UP,
  /** From one Kafka cluster to another one without us, at a given rate. */
  RELAY_OPEN,
  /** Two regions; from the command in one to the published commit in the other. */
  REGIONS_OPEN,
  /** Two regions; from the command to its reply. */
  JOINED_OPEN,
  /** Two regions while neither hears of the other. */
  CUT_OPEN;

  private static final double HOT_SHARE = 0.5;

  /** One cell, or for a closed loop one per number of commands under way. */
  public List<Cell> cells(CellServers setting, List<Integer> outstanding) {
    return switch (this) {
      case RAW_INSERT -> insert(setting, RawInsertCell.Way.PLAIN);
      case CONNECTOR_INSERT -> insert(setting, RawInsertCell.Way.CONNECTOR);
      case RAW_WRITER ->
          closed(
              setting,
              (schema, checkpoints) -> new RawWriter(setting.options(), schema, 1),
              outstanding);
      case IN_PROCESS -> closed(setting, inProcess(setting, Writers.ONE_REGION, 0), outstanding);
      case IN_PROCESS_HOT ->
          closed(setting, inProcess(setting, Writers.ONE_REGION, HOT_SHARE), outstanding);
      case IN_PROCESS_REPLICATED ->
          closed(setting, inProcess(setting, Writers.TWO_REGIONS, 0), outstanding);
      case IN_PROCESS_LARGE -> List.of(new LargeRegionCell(setting, outstanding.get(0)));
      case IN_PROCESS_OPEN -> open(setting, inProcess(setting, Writers.ONE_REGION, 0));
      case RAW_SCAN -> List.of(new RawScanCell(setting));
      case RECOVERY -> List.of(new RecoveryCell(setting));
      case PASS_THROUGH -> List.of(new PassThroughCell(this, setting));
      case KAFKA_BACKLOG -> List.of(new KafkaBacklogCell(setting));
      case KAFKA_CLOSED -> closed(setting, kafka(setting), outstanding);
      case KAFKA_OPEN -> open(setting, kafka(setting));
      case LOG_PASS_THROUGH -> List.of(new PassThroughCell(this, setting));
      case MERGE_PASS_THROUGH -> List.of(new MergePassThroughCell(setting));
      case MERGE -> List.of(new MergeCell(this, setting, setting.preload()));
      case CATCH_UP -> List.of(new MergeCell(this, setting, setting.backlog()));
      case RELAY_OPEN ->
          // It stores nothing.
          open(setting, (schema, commits) -> {}, (schema, checkpoints) -> Relay.open(setting));
      case REGIONS_OPEN -> regions(setting, TwoRegions.Until.ARRIVAL, false);
      case JOINED_OPEN -> regions(setting, TwoRegions.Until.REPLY, false);
      case CUT_OPEN -> regions(setting, TwoRegions.Until.REPLY, true);
    };
  }

  private static List<Cell> insert(CellServers setting, RawInsertCell.Way way) {
    return List.of(new RawInsertCell(setting.options(), setting.database(), way));
  }

  private List<Cell> closed(
      CellServers setting, LoadCell.TargetFactory targets, List<Integer> outstanding) {
    var cells = new ArrayList<Cell>();
    for (var each : outstanding) {
      cells.add(
          new LoadCell(
              this + "@" + each, setting, targets, target -> new ClosedLoop(target, each)));
    }
    return cells;
  }

  private List<Cell> regions(CellServers setting, TwoRegions.Until until, boolean cut) {
    return open(
        setting,
        (schema, checkpoints) -> TwoRegions.open(setting, schema, checkpoints, until, cut));
  }

  private List<Cell> open(CellServers setting, LoadCell.TargetFactory targets) {
    return open(setting, StoreCheck::require, targets);
  }

  private List<Cell> open(CellServers setting, LoadCell.Gate gate, LoadCell.TargetFactory targets) {
    var rate = setting.rate();
    return List.of(
        new LoadCell(
            String.format(Locale.ROOT, "%s@%.0f/s", this, rate),
            setting,
            gate,
            targets,
            target -> new OpenLoop(target, rate)));
  }

  private static LoadCell.TargetFactory inProcess(
      CellServers setting, Writers writers, double hotShare) {
    var draw = new AggregateDraw(setting.options().aggregates, hotShare);
    return (schema, checkpoints) ->
        new InProcessJob(setting.options(), writers, draw, 1, schema, checkpoints);
  }

  private static LoadCell.TargetFactory kafka(CellServers setting) {
    return (schema, checkpoints) -> KafkaTarget.open(setting, schema, checkpoints);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
