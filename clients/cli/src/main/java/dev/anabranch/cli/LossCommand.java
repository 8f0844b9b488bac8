package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.text.Table;
import dev.anabranch.connectors.kafka.reader.KafkaPublishedLog;
import dev.anabranch.connectors.kafka.sink.LossAnnouncer;
import dev.anabranch.connectors.mysql.query.ProjectionLosses;
import dev.anabranch.connectors.mysql.query.QueryOwner;
import dev.anabranch.jobs.config.InvalidOptionsException;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.model.ForgottenRows;
import dev.anabranch.model.LogPosition;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.MissingRow;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anabranch region}: what a person decides about a region as a whole. */
@Command(
    name = "region",
    description = "Shows which acknowledged rows a region's store has lost, and accepts a loss.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {LossCommand.Losses.class, LossCommand.AcceptLoss.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch region losses",
      "  anabranch region accept-loss --shard 17 --from 1000 --author kim --reason \"disk gone\""
    })
final class LossCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "what about the region? show its losses, or accept one?");
    }
  }

  @Command(
      name = "losses",
      description = {
        "Compares the end of the events topic, and what jobs have missed, with the store. Lists the"
            + " shards that lack rows, and losses that were accepted. Changes nothing."
      },
      footerHeading = "%nExamples:%n",
      footer = "  anabranch region losses")
  static final class Losses extends RegionCommand {
    @Override
    protected int run(Region region) throws Exception {
      try (var store = region.openStore()) {
        var accepted = acceptedLosses(store);
        var lost = find(region, store, accepted, this);
        if (lost.isEmpty()) {
          out().println("No shard lacks a row that is known to be committed.");
        } else {
          var table = new Table(">SHARD", ">FROM", ">TO", "KNOWN FROM");
          for (var each : lost.values()) {
            table.row(
                Integer.toString(each.shard()),
                Long.toString(each.from()),
                each.known() == null ? "?" : Long.toString(each.known().offset()),
                each.what() + (each.isForked() ? "; another row is there" : ""));
          }
          table.print(out(), style());
        }
        if (!accepted.isEmpty()) {
          var table = new Table(">SHARD", ">FROM", ">TO", "ACCEPTED", "AUTHOR", "REASON");
          for (var each : accepted) {
            table.row(
                Integer.toString(each.shard()),
                Long.toString(each.fromOffset()),
                Long.toString(each.untilOffset() - 1),
                Instant.EPOCH.plusNanos(each.acceptedAtMicros() * 1_000).toString(),
                each.author(),
                each.reason());
          }
          table.print(out(), style());
        }
        out().flush();
        return lost.isEmpty() ? ExitCode.OK : ExitCode.PROBLEMS;
      }
    }
  }

  @Command(
      name = "accept-loss",
      description = {
        "Lets a region go on whose store has lost acknowledged rows for good. Stop its three jobs"
            + " first. The rows stay in the events topic and in whatever has read them: a record in"
            + " the topic tells readers from which offset on to forget them.",
        "Versions of projections that have applied lost rows are marked: they stand still in these"
            + " shards until they are rebuilt, and the command says how.",
        "Afterwards start the jobs without a checkpoint, or from one that was made before the first"
            + " lost row."
      },
      footerHeading = "%nExamples:%n",
      footer =
          "  anabranch region accept-loss --shard 17 --from 1000 --author kim --reason \"disk gone\"")
  static final class AcceptLoss extends RegionCommand {

    private static final int MAX_AUTHOR = 255;
    private static final int MAX_REASON = 4_096;

    @Option(
        names = "--shard",
        required = true,
        paramLabel = "N",
        description = "A shard that lacks rows; may be given several times with --from.",
        split = ",")
    private List<Integer> shards = new ArrayList<>();

    @Option(
        names = "--from",
        paramLabel = "OFFSET",
        required = true,
        split = ",",
        description =
            "First offset that is given up, of each shard in turn: where its store ends now; or, if"
                + " the store has other rows in place of lost ones, that of the first of them.")
    private List<Long> from = new ArrayList<>();

    @Option(
        names = "--author",
        required = true,
        paramLabel = "NAME",
        description = "Who decides it. It is recorded.")
    private String author = "";

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why. It is recorded.")
    private String reason = "";

    @Override
    protected int run(Region region) throws Exception {
      requireSense();
      try (var store = region.openStoreToWrite()) {
        var accepted = acceptedLosses(store);
        var lost = find(region, store, accepted, this);
        for (var i = 0; i < shards.size(); i++) {
          requireLost(shards.get(i), from.get(i), store, lost);
        }
        var nowMicros = System.currentTimeMillis() * 1_000;
        try (var announcer =
            new LossAnnouncer(region.kafka(), region.options().events().topic(), store.layout())) {
          for (var i = 0; i < shards.size(); i++) {
            var shard = shards.get(i);
            var of = lost.get(shard);
            if (of == null) {
              throw new IllegalStateException("checked above");
            }
            var until = of.until();
            var atMicros = of.acceptedAt(nowMicros, accepted);
            // Told first: a record too many is harmless, a row of the new line before it is not.
            var end =
                announcer.announce(
                    new ForgottenRows(
                        region.name(), shard, from.get(i), until, atMicros, author, reason));
            try (var session = store.open(store.layout().databaseOf(shard))) {
              session.acceptLoss(
                  new AcceptedLoss(shard, from.get(i), until, end, author, reason, atMicros));
            }
            out()
                .println(
                    "Shard "
                        + shard
                        + " goes on at offset "
                        + from.get(i)
                        + "; what was there up to "
                        + (until - 1)
                        + " is given up.");
            if (of.isForked()) {
              out()
                  .println(
                      "Readers forget the store's own rows from there on, too: anabranch events"
                          + " republish --shard "
                          + shard
                          + " --from "
                          + from.get(i));
            }
          }
        }
        tellProjections(store.layout());
        out()
            .println(
                "Start the jobs without a checkpoint, or from one that was made before these rows"
                    + " were written: the command job first.");
        out().flush();
      }
      return ExitCode.OK;
    }

    /** What is accepted stays so, whatever the query database says. */
    private void tellProjections(StoreLayout layout) {
      var marked = new TreeSet<String>();
      var doubted = new TreeSet<String>();
      String viewsTopic;
      try {
        var options = ProjectionJobOptions.ifConfigured(root().jobArguments());
        if (options.isEmpty()) {
          return;
        }
        viewsTopic = options.get().viewsTopic();
        var losses = new ProjectionLosses(options.get().query().config(), QueryOwner.of(layout));
        for (var i = 0; i < shards.size(); i++) {
          var what =
              "it has applied rows from "
                  + new LogPosition(shards.get(i), from.get(i))
                  + " on, which "
                  + author
                  + " gave up";
          losses
              .giveUp(shards.get(i), from.get(i), what)
              .forEach(version -> marked.add(version.toString()));
          losses
              .doubtViews(
                  shards.get(i),
                  from.get(i),
                  "rows from "
                      + new LogPosition(shards.get(i), from.get(i))
                      + " on, which "
                      + author
                      + " gave up")
              .forEach(version -> doubted.add(version.toString()));
        }
      } catch (StoreUnavailableException | StoreLayoutException | InvalidOptionsException e) {
        err()
            .println(
                "The projections are not told: "
                    + e.getMessage()
                    + ". The projection job will notice by itself; 'anabranch projections list'"
                    + " says what to rebuild.");
        err().flush();
        return;
      }
      if (!marked.isEmpty()) {
        out()
            .println(
                "These have applied rows that are given up: "
                    + String.join(", ", marked)
                    + ". For each: anabranch projections rebuild NAME, then switch, and drop the old"
                    + " version. 'anabranch projections list' shows them.");
      }
      if (!doubted.isEmpty()) {
        out()
            .println(
                "These follow merged views, and may show rows that are given up: "
                    + String.join(", ", doubted)
                    + ". The topic has views that are newer than those of the log as it is now, so"
                    + " delete topic "
                    + viewsTopic
                    + " before you start the cross-region job without a checkpoint: it makes all"
                    + " views again. Then rebuild, switch and drop these too.");
      }
    }

    private void requireSense() {
      if (shards.size() != from.size()) {
        throw CliException.usage(
            "--from must be given once for each --shard: "
                + shards.size()
                + " shards, "
                + from.size()
                + " offsets");
      }
      if (shards.stream().distinct().count() != shards.size()) {
        throw CliException.usage("--shard names a shard twice");
      }
      if (author.isBlank()
          || author.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_AUTHOR) {
        throw CliException.usage("--author must have 1 to " + MAX_AUTHOR + " bytes");
      }
      if (reason.isBlank()
          || reason.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_REASON) {
        throw CliException.usage("--reason must have 1 to " + MAX_REASON + " bytes");
      }
    }

    private static void requireLost(
        int shard, long offset, EventStore store, Map<Integer, LostShard> lost) {
      if (shard < 0 || shard >= store.layout().shardCount()) {
        throw CliException.usage(
            "--shard "
                + shard
                + ": the region has the shards 0 to "
                + (store.layout().shardCount() - 1));
      }
      var of = lost.get(shard);
      if (of == null) {
        throw CliException.usage(
            "--shard "
                + shard
                + " lacks no row that is known to be committed; 'anabranch region losses' lists"
                + " those that do");
      }
      if (of.isForked() && offset >= 0 && offset <= of.from()) {
        return;
      }
      if (of.isForked()) {
        throw CliException.usage(
            "--from "
                + offset
                + ": the store of shard "
                + shard
                + " has another row at offset "
                + of.from()
                + " than the one that was published: give the first offset where they differ,"
                + " "
                + of.from()
                + " or below; 'anabranch verify' names it");
      }
      if (offset != of.next()) {
        throw CliException.usage(
            "--from "
                + offset
                + ": the store of shard "
                + shard
                + " ends before offset "
                + of.next()
                + "; rows that are there can't be given up, and there is nothing in between");
      }
    }
  }

  /** All losses that were accepted, of all databases. */
  static List<AcceptedLoss> acceptedLosses(EventStore store) {
    var losses = new ArrayList<AcceptedLoss>();
    for (var shard : firstShards(store)) {
      try (var session = store.open(store.layout().databaseOf(shard))) {
        losses.addAll(session.acceptedLosses());
      }
    }
    return losses;
  }

  /** One shard of each database. */
  private static List<Integer> firstShards(EventStore store) {
    var byDatabase = new TreeMap<Integer, Integer>();
    for (var shard = 0; shard < store.layout().shardCount(); shard++) {
      byDatabase.putIfAbsent(store.layout().databaseOf(shard), shard);
    }
    return List.copyOf(byDatabase.values());
  }

  private static Map<Integer, LostShard> find(
      Region region, EventStore store, List<AcceptedLoss> accepted, RegionCommand command)
      throws InterruptedException {
    var lost = new TreeMap<Integer, LostShard>();
    var layout = store.layout();
    for (var first : firstShards(store)) {
      var shards = new ArrayList<Integer>();
      for (var shard = 0; shard < layout.shardCount(); shard++) {
        if (layout.databaseOf(shard) == layout.databaseOf(first)) {
          shards.add(shard);
        }
      }
      try (var here = store.open(layout.databaseOf(first))) {
        findIn(here, region, layout, shards, accepted, lost, command);
      }
    }
    command.err().flush();
    return lost;
  }

  private static void findIn(
      LogSession here,
      Region region,
      StoreLayout layout,
      List<Integer> shards,
      List<AcceptedLoss> accepted,
      Map<Integer, LostShard> lost,
      RegionCommand command)
      throws InterruptedException {
    var heads = here.heads(shards);
    for (var missing : here.missing()) {
      add(lost, here, heads, missing);
    }
    var lowest = new HashMap<Integer, LogBookmark>();
    var bookmarks = here.bookmarks(shards);
    for (var shard : shards) {
      lowest.merge(
          layout.partitionOf(shard),
          bookmarks.getOrDefault(shard, new LogBookmark("", 0)),
          LossCommand::lower);
    }
    var from = new HashMap<Integer, @Nullable LogBookmark>();
    lowest.forEach(
        (partition, mark) -> from.put(partition, mark.topicId().isEmpty() ? null : mark));
    try (var topic =
        new KafkaPublishedLog(region.kafka(), region.options().events().topic(), region.name())
            .open()) {
      var found = topic.read(from, accepted);
      found
          .unchecked()
          .forEach(
              (partition, why) ->
                  command
                      .err()
                      .println("Partition " + partition + " is not compared in full: " + why));
      for (var head : found.heads().entrySet()) {
        if (shards.contains(head.getKey())) {
          add(
              lost,
              here,
              heads,
              new MissingRow(head.getKey(), head.getValue(), "the events topic", 0));
        }
      }
    }
  }

  private static LogBookmark lower(LogBookmark one, LogBookmark other) {
    return !one.topicId().equals(other.topicId())
        ? new LogBookmark("", 0)
        : one.position() <= other.position() ? one : other;
  }

  private static void add(
      Map<Integer, LostShard> lost,
      LogSession session,
      Map<Integer, ShardHead> heads,
      MissingRow missing) {
    var known = missing.head();
    if (known != null) {
      var position = new LogPosition(missing.shard(), known.offset());
      if (known.equals(session.marks(List.of(position)).get(position))) {
        return;
      }
    }
    var head = heads.get(missing.shard());
    var next = head == null ? 0 : head.offset() + 1;
    lost.merge(
        missing.shard(),
        new LostShard(missing.shard(), next, known, missing.what(), missing.foundAtMicros()),
        LostShard::with);
  }
}
