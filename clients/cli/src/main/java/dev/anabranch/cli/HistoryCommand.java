package dev.anabranch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.log.AggregateHistory;
import dev.anabranch.cli.log.CurrentSession;
import dev.anabranch.cli.text.CommitTable;
import dev.anabranch.cli.text.Payload;
import dev.anabranch.cli.text.Times;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code anabranch history}: the commits of one aggregate. */
@Command(
    name = "history",
    description = {
      "Shows the commits of one aggregate, oldest first, as they are stored.",
      "Where another region has changed the aggregate, DOT names the region that decided a commit and"
          + " the commit's number there: the same in all regions, as the version is not."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch history Account/4711",
      "  anabranch history Account/4711 --json | jq .events"
    })
final class HistoryCommand extends RegionCommand {

  @Parameters(index = "0", paramLabel = "AGGREGATE", description = "Type and id: Account/4711.")
  private String aggregate = "";

  @Option(names = "--json", description = "One JSON object for each commit instead of a table.")
  private boolean json;

  @Option(names = "--version", paramLabel = "N", description = "Leaves out the versions above N.")
  private long lastVersion = Long.MAX_VALUE;

  @Override
  protected int run(Region region) {
    var key = Keys.parse(aggregate);
    var table = new CommitTable(region.name());
    var commits = new AtomicLong();
    try (var store = region.openStore();
        var session = new CurrentSession(store)) {
      AggregateHistory.read(
          session.of(key),
          key,
          lastVersion,
          row -> {
            commits.incrementAndGet();
            if (json) {
              out().println(json(row)); // as it comes; a table must know all its rows
            } else {
              table.add(row);
            }
          });
      var shard = Shards.shardOf(key, store.layout().shardCount());
      var database = store.layout().databases().get(store.layout().databaseOf(shard));
      var place = "shard " + shard + " in database " + database;
      if (commits.get() == 0) {
        throw CliException.problem(
            key
                + " has no commits in region "
                + region.name()
                + " ("
                + place
                + "); is the key right?");
      }
      if (!json) {
        out().println(style().bold(key.toString()) + "  " + place);
        table.print(out(), style());
      }
    }
    out().flush();
    return ExitCode.OK;
  }

  private static String json(LogRow row) {
    var outcome = row.outcome();
    var node = Payload.JSON.createObjectNode();
    node.put("aggregate", outcome.aggregate().toString());
    node.put("version", outcome.version());
    node.put("kind", outcome.kind().name().toLowerCase(java.util.Locale.ROOT));
    node.put("commandId", outcome.commandId());
    node.put("occurredAt", Times.instant(outcome.stamp().occurredAtMicros()).toString());
    node.put("dot", outcome.dot() == null ? null : outcome.dot().toString());
    node.put("shard", row.shard());
    node.put("shardOffset", row.offset());
    var metadata = node.putObject("metadata");
    MetadataBlob.decode(outcome.blobs().metadata()).forEach(metadata::put);
    var events = node.putArray("events");
    EventsBlob.decode(outcome.blobs().events()).forEach(event -> events.add(Payload.node(event)));
    var reply = ReplyBlob.decode(outcome.blobs().reply());
    if (reply.result().length > 0) {
      var result = node.putObject("result");
      result.put("contentType", reply.resultContentType());
      Payload.put(result, reply.result());
    }
    try {
      return Payload.JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
