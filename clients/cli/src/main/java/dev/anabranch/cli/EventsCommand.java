package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.log.CurrentSession;
import dev.anabranch.cli.log.LogReads;
import dev.anabranch.cli.text.Progress;
import dev.anabranch.connectors.kafka.sink.Republisher;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.store.EventStore;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anabranch events}: the events topic. */
@Command(
    name = "events",
    description = "Repairs the events topic of a region.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = EventsCommand.Republish.class,
    footerHeading = "%nExamples:%n",
    footer = "  anabranch events republish --shard 17 --from 1000")
final class EventsCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "what about the events? republish them?");
    }
  }

  @Command(
      name = "republish",
      description = {
        "Publishes stored rows again, to a topic that lost some. Readers drop the rows that they"
            + " have, so publishing too many does no harm.",
        "`anabranch verify` tells which are missing."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  anabranch events republish",
        "  anabranch events republish --shard 17 --from 1000 --to 1999",
        "  anabranch events republish --aggregate Order/4711"
      })
  static final class Republish extends RegionCommand {

    @Option(names = "--shard", paramLabel = "N", description = "This shard only. Default: all.")
    private @Nullable Integer shard;

    @Option(
        names = "--aggregate",
        paramLabel = "KEY",
        description = "The commits of this aggregate only, for a region that misses some.")
    private @Nullable String aggregate;

    @Option(names = "--from", paramLabel = "OFFSET", description = "First offset. Default: 0.")
    private long from;

    @Option(
        names = "--to",
        paramLabel = "OFFSET",
        description = "Last offset. Default: the last one stored.")
    private long to = Long.MAX_VALUE;

    @Override
    protected int run(Region region) {
      if (from < 0 || to < from) {
        throw CliException.usage("--from and --to must be 0 or more, and --to not below --from");
      }
      if (aggregate != null) {
        refuse("is for shards, not for --aggregate", "--shard", "--from", "--to");
      }
      var topic = region.options().events().topic();
      var progress = new Progress(err(), style().ansi(), System::nanoTime);
      try (var store = region.openStore();
          var session = new CurrentSession(store);
          var publisher = new Republisher(region.kafka(), topic, store.layout())) {
        if (aggregate != null) {
          var key = Keys.parse(aggregate);
          publish(session.of(key), key, publisher);
        } else {
          for (var each : shards(store)) {
            publish(session.of(each), each, publisher, progress);
          }
        }
        publisher.flush();
        progress.end();
        out()
            .printf(Locale.ROOT, "Published %,d rows again to %s.%n", publisher.published(), topic);
        out().flush();
      }
      return ExitCode.OK;
    }

    private List<Integer> shards(EventStore store) {
      var count = store.layout().shardCount();
      if (shard == null) {
        return IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingInt(store.layout()::databaseOf))
            .toList();
      }
      if (shard < 0 || shard >= count) {
        throw CliException.usage(
            "--shard " + shard + ": the region has the shards 0 to " + (count - 1));
      }
      return List.of(shard);
    }

    private static void publish(LogReads session, AggregateKey key, Republisher publisher) {
      var next = 0L;
      for (var page = session.commits(key, next); !page.isEmpty(); ) {
        page.forEach(publisher::publish);
        next = page.get(page.size() - 1).offset() + 1;
        page = session.commits(key, next);
      }
    }

    private void publish(LogReads session, int ofShard, Republisher publisher, Progress progress) {
      var next = from;
      while (next <= to) {
        var page = session.page(ofShard, next);
        if (page.isEmpty()) {
          return;
        }
        for (var row : page) {
          if (row.offset() <= to) {
            publisher.publish(row);
          }
        }
        next = page.get(page.size() - 1).offset() + 1;
        progress.at("published", publisher.published(), -1);
      }
    }
  }
}
