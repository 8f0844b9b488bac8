package dev.anabranch.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.ResolveConflict;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.text.Payload;
import dev.anabranch.cli.text.Printable;
import dev.anabranch.cli.text.ReplyText;
import dev.anabranch.cli.text.Table;
import dev.anabranch.cli.text.Times;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.codec.ResolveConflictJson;
import dev.anabranch.connectors.mysql.conflict.ConflictTable;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.model.view.VersionState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code anabranch conflicts}: branches of an aggregate, and choosing between them. */
@Command(
    name = "conflicts",
    description = "Shows the conflicts of a region's aggregates, and resolves them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ConflictsCommand.Listing.class,
      ConflictsCommand.Show.class,
      ConflictsCommand.Resolve.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch conflicts list",
      "  anabranch conflicts resolve Order/4711 --winner a:3 --why \"customer called\""
    })
final class ConflictsCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "what about the conflicts? list, show or resolve them?");
    }
  }

  @Command(
      name = "list",
      description = "Lists the conflicts that a person must resolve, the latest first.",
      footerHeading = "%nExamples:%n",
      footer = {"  anabranch conflicts list", "  anabranch conflicts list --all --json"})
  static final class Listing extends RegionCommand {

    @Option(names = "--all", description = "Settled ones and commits that do not count as well.")
    private boolean all;

    @Option(names = "--max", paramLabel = "N", description = "How many at most. Default: 100.")
    private int max = 100;

    @Option(names = "--json", description = "One JSON object for each instead of a table.")
    private boolean json;

    @Override
    protected int run(Region region) throws IOException {
      if (max < 1) {
        throw CliException.usage("--max must be 1 or more");
      }
      var rows = ConflictTable.list(region.options().store().config(), !all, max);
      if (json) {
        for (var row : rows) {
          out().println(Payload.JSON.writeValueAsString(ConflictsCommand.json(row)));
        }
      } else if (rows.isEmpty()) {
        out().println(all ? "No conflicts so far." : "No open conflicts.");
      } else {
        var table = new Table("AGGREGATE", "STATUS", "SINCE (UTC)", "VERSIONS", "WHY");
        rows.forEach(
            row ->
                table.row(
                    Printable.of(row.record().aggregate().toString()),
                    row.status().text(),
                    Times.shown(row.record().occurredAtMicros()),
                    versions(row.record()),
                    Printable.of(why(row.record()))));
        table.print(out(), style());
      }
      out().flush();
      return ExitCode.OK;
    }
  }

  @Command(
      name = "show",
      description = "Shows the conflicts of one aggregate with the state of each branch.",
      footerHeading = "%nExamples:%n",
      footer = "  anabranch conflicts show Order/4711")
  static final class Show extends RegionCommand {

    @Parameters(index = "0", paramLabel = "AGGREGATE", description = "Type and id: Order/4711.")
    private String aggregate = "";

    @Option(names = "--json", description = "One JSON object for each.")
    private boolean json;

    @Override
    protected int run(Region region) throws IOException {
      var key = Keys.parse(aggregate);
      var rows = ConflictTable.of(region.options().store().config(), key);
      if (rows.isEmpty()) {
        throw CliException.problem(
            key + " has had no conflict in region " + region.name() + "; is the key right?");
      }
      for (var row : rows) {
        if (json) {
          out().println(Payload.JSON.writeValueAsString(ConflictsCommand.json(row)));
        } else {
          print(row);
        }
      }
      out().flush();
      return ExitCode.OK;
    }

    private void print(ConflictTable.Row row) {
      var record = row.record();
      out()
          .println(
              style().bold(record.aggregate().toString())
                  + "  "
                  + row.status().text()
                  + "  "
                  + Times.shown(record.occurredAtMicros())
                  + "  "
                  + Printable.of(why(record)));
      for (var version : record.live()) {
        var state = version.state();
        out()
            .println(
                "  "
                    + version.dot()
                    + "  "
                    + (state == null ? "(no state)" : Payload.text(state.data())));
      }
    }
  }

  @Command(
      name = "resolve",
      description = {
        "Chooses the branch of an aggregate that stays; the others are kept in the log and do not"
            + " count. The choice holds in every region.",
        "If somebody chose otherwise at the same time in another region, one of the two choices is"
            + " void, the same in all regions; `anabranch conflicts list --all` tells which."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  anabranch conflicts resolve Order/4711 --winner a:3 --why \"customer called\"",
        "  anabranch conflicts resolve Order/4711 --winner a:3 --merge"
            + " '{\"type\":\"ItemAdded\",\"schema\":1,\"data\":{\"sku\":\"7\"}}'"
      })
  static final class Resolve extends RegionCommand {

    @Parameters(index = "0", paramLabel = "AGGREGATE", description = "Type and id: Order/4711.")
    private String aggregate = "";

    @Option(
        names = "--winner",
        required = true,
        paramLabel = "DOT",
        description = "The branch that stays, as `conflicts show` names it: region:n.")
    private String winner = "";

    @Option(
        names = "--reject",
        paramLabel = "DOT",
        split = ",",
        description = "The branches that go. Default: all others that are live.")
    private List<String> rejected = List.of();

    @Option(
        names = "--merge",
        paramLabel = "JSON",
        description =
            "An event to add to the winner, {type, schema, data}; may be given several times.")
    private List<String> merge = List.of();

    @Option(names = "--why", paramLabel = "TEXT", description = "Stored with the choice.")
    private String why = "";

    @Option(
        names = "--who",
        paramLabel = "NAME",
        description = "Stored with the choice. Default: the user of this terminal.")
    private @Nullable String who;

    @Option(names = "--id", paramLabel = "ID", description = "Command id. Default: random.")
    private @Nullable String id;

    @Option(
        names = "--timeout",
        paramLabel = "SECONDS",
        description = "How long to wait for the answer. Default: 60.")
    private int timeoutSeconds = 60;

    @Override
    protected int run(Region region) throws IOException {
      var key = Keys.parse(aggregate);
      var resolution = resolution(region);
      var payload = ResolveConflictJson.encode(resolution);
      var command = dev.anabranch.client.Command.of(key, payload, ResolveConflictJson.CONTENT_TYPE);
      if (id != null) {
        command = command.withCommandId(id);
      }
      try (var client = client(region)) {
        var reply = client.send(command, ReplyLevel.COMMITTED).get();
        out().println(ReplyText.text(command, reply, style()));
        out().flush();
        return reply.status() == ReplyStatus.ACCEPTED ? ExitCode.OK : ExitCode.PROBLEMS;
      } catch (ExecutionException e) {
        throw new CompletionException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CliException.unreachable("interrupted while waiting for the reply", e);
      }
    }

    private ResolveConflict resolution(Region region) throws IOException {
      var key = Keys.parse(aggregate);
      var chosen = dot(winner);
      var others = new ArrayList<Dot>();
      if (rejected.isEmpty()) {
        ConflictTable.of(region.options().store().config(), key).stream()
            .filter(row -> row.status().isOpen())
            .flatMap(row -> row.record().live().stream())
            .map(VersionState::dot)
            .filter(dot -> !dot.equals(chosen))
            .forEach(others::add);
        if (others.isEmpty() && merge.isEmpty()) {
          throw CliException.problem(
              key
                  + " has no open conflict in region "
                  + region.name()
                  + "; `anabranch conflicts show` tells how it stands");
        }
      } else {
        rejected.forEach(dot -> others.add(dot(dot)));
      }
      try {
        return new ResolveConflict(chosen, others, mergeEvents(), why, who == null ? user() : who);
      } catch (IllegalArgumentException e) {
        throw CliException.usage(String.valueOf(e.getMessage()));
      }
    }

    private List<EncodedMessage> mergeEvents() throws IOException {
      var events = new ArrayList<EncodedMessage>();
      for (var text : merge) {
        var json = Payload.json(text.getBytes(StandardCharsets.UTF_8)).orElse(null);
        if (json == null || !json.path("type").isTextual() || !json.has("data")) {
          throw CliException.usage(
              "--merge must be {\"type\":\"NAME\",\"schema\":1,\"data\":{...}}, is " + text);
        }
        events.add(
            new EncodedMessage(
                json.path("type").textValue(),
                json.path("schema").asInt(1),
                Payload.JSON.writeValueAsBytes(json.get("data"))));
      }
      return events;
    }

    private CommandClient client(Region region) {
      var kafka = region.kafka();
      var timeout = Duration.ofSeconds(timeoutSeconds);
      return CommandClient.builder()
          .bootstrapServers(kafka.bootstrapServers())
          .properties(kafka.clientProperties())
          .commandsTopic(region.options().commands().topic())
          .replyTopic(region.options().replies().topic())
          .clientId("anabranch-cli")
          .timeout(timeout)
          .blockTimeout(timeout)
          .build();
    }

    private static String user() {
      return System.getProperty("user.name", "");
    }

    private static Dot dot(String text) {
      var colon = text.lastIndexOf(':');
      try {
        return new Dot(
            new RegionId(text.substring(0, Math.max(0, colon))),
            Long.parseLong(text.substring(colon + 1)));
      } catch (IllegalArgumentException e) {
        throw CliException.usage("'" + text + "' is no branch; write region:n, such as a:3");
      }
    }
  }

  private static String versions(ConflictRecord record) {
    var live =
        record.live().stream()
            .map(version -> version.dot().toString())
            .collect(Collectors.joining(" "));
    return live.isEmpty() ? record.conflictId() : live;
  }

  /** In a few words. */
  private static String why(ConflictRecord record) {
    var settlement = record.settlement();
    if (settlement == null) {
      return record.problem();
    }
    var by = settlement.by() == null ? "" : " " + settlement.by();
    var text =
        switch (settlement.how()) {
          case "resolver" -> "resolver " + settlement.resolverId();
          case "resolution" ->
              "chosen" + by + (settlement.who().isEmpty() ? "" : " by " + settlement.who());
          default -> settlement.how() + by;
        };
    return settlement.why().isEmpty() ? text : text + ": " + settlement.why();
  }

  private static ObjectNode json(ConflictTable.Row row) {
    var record = row.record();
    var node = Payload.JSON.createObjectNode();
    node.put("aggregate", record.aggregate().toString());
    node.put("conflict", record.conflictId());
    node.put("status", row.status().text());
    node.put("region", record.region());
    node.put("revision", record.revision().token());
    node.put("occurredAt", Times.instant(record.occurredAtMicros()).toString());
    var live = node.putArray("live");
    for (var version : record.live()) {
      var each = live.addObject();
      each.put("dot", version.dot().toString());
      each.put("hlc", version.hlc());
      var state = version.state();
      if (state != null) {
        each.set("state", Payload.node(state));
      }
    }
    var settlement = record.settlement();
    if (settlement != null) {
      var settled = node.putObject("settled");
      settled.put("how", settlement.how());
      settled.put("by", settlement.by() == null ? null : settlement.by().toString());
      settled.put("resolver", settlement.resolverId());
      settled.put(
          "selected", settlement.selected() == null ? null : settlement.selected().toString());
      settled.put("who", settlement.who());
      settled.put("why", settlement.why());
    }
    node.put("problem", record.problem());
    return node;
  }
}
