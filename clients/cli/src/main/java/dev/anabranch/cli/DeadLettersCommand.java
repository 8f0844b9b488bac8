package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.text.Payload;
import dev.anabranch.cli.text.Printable;
import dev.anabranch.cli.text.Table;
import dev.anabranch.cli.text.Times;
import dev.anabranch.connectors.mysql.query.ParkedRows;
import dev.anabranch.model.LogPosition;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.ViewRecord;
import dev.anabranch.wire.blob.EventsBlob;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code anabranch projections dead-letters}: events that a projection could not apply. */
@Command(
    name = "dead-letters",
    description = {
      "Events that a projection could not apply. Each holds up the later events of its aggregate, in"
          + " that projection, until it is tried again with success, or discarded.",
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DeadLettersCommand.ListAll.class,
      DeadLettersCommand.Show.class,
      DeadLettersCommand.Retry.class,
      DeadLettersCommand.Discard.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch projections dead-letters list",
      "  anabranch projections dead-letters show balances Account/4711",
      "  anabranch projections dead-letters retry balances Account/4711"
    })
final class DeadLettersCommand implements Runnable {

  private static final int ALL = 100_000;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "list dead letters, or which other command?");
    }
  }

  @Command(
      name = "list",
      description = "The events that failed, oldest first, and how many wait behind each.",
      footerHeading = "%nExamples:%n",
      footer = "  anabranch projections dead-letters list --projection balances")
  static final class ListAll extends ReadSideCommand {

    @Option(names = "--projection", paramLabel = "NAME", description = "Of this one. Default: all.")
    private @Nullable String projection;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "100",
        description = "At most that many. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    int run(ReadSide reads) {
      var table =
          new Table(
              "PROJECTION", ">VERSION", "AGGREGATE", "SINCE (UTC)", ">WAITING", "ASKED", "REASON");
      var letters = reads.parked().failed(projection, limit);
      for (var letter : letters) {
        table.row(
            letter.version().projection(),
            "" + letter.version().version(),
            Printable.of(letter.row().aggregate().toString()),
            Times.shown(letter.row().parkedAtMicros()),
            "" + letter.waiting(),
            letter.request().map(r -> r.name().toLowerCase(Locale.ROOT)).orElse(""),
            Printable.of(letter.row().reason()));
      }
      if (letters.isEmpty()) {
        out().println("There are none.");
        out().flush();
      } else {
        table.print(out(), style());
      }
      return ExitCode.OK;
    }
  }

  /** What the others have in common: one aggregate's failed event. */
  abstract static class OfAggregate extends ReadSideCommand {

    @Parameters(index = "0", paramLabel = "PROJECTION", description = "Its name.")
    String projection = "";

    @Parameters(index = "1", paramLabel = "AGGREGATE", description = "Type and id: Account/4711.")
    String aggregate = "";

    @Option(
        names = "--version",
        paramLabel = "N",
        description = "In this version. Default: the one that readers see.")
    @Nullable Integer version;

    final ParkedRows.Failed letter(ReadSide reads) {
      return DeadLettersCommand.letter(reads, reads.version(projection, version), aggregate);
    }
  }

  private static ParkedRows.Failed letter(
      ReadSideCommand.ReadSide reads, VersionId id, String aggregate) {
    var key = Keys.parse(aggregate);
    return reads.parked().failed(id.projection(), ALL).stream()
        .filter(l -> l.version().equals(id) && l.row().aggregate().equals(key))
        .findFirst()
        .orElseThrow(() -> CliException.problem(key + " has no dead letter in " + id));
  }

  private static int request(
      ReadSideCommand.ReadSide reads,
      ParkedRows.Failed letter,
      ParkedRequest.Action action,
      PrintWriter out) {
    if (!reads.parked().request(letter.version(), letter.row().position(), action)) {
      throw CliException.problem(letter.row().aggregate() + " has no dead letter any more");
    }
    out.printf(
        Locale.ROOT,
        "Asked: the projection job %s row %s of %s, and tries the %d behind it.%n",
        action == ParkedRequest.Action.RETRY ? "tries" : "leaves out",
        letter.row().position(),
        letter.version(),
        letter.waiting());
    out.flush();
    return ExitCode.OK;
  }

  @Command(
      name = "show",
      description = "One failed event, with what it holds.",
      footerHeading = "%nExamples:%n",
      footer = "  anabranch projections dead-letters show balances Account/4711")
  static final class Show extends OfAggregate {
    @Override
    int run(ReadSide reads) {
      var letter = letter(reads);
      var row = letter.row();
      out().printf("%s  row %s of %s%n", letter.version(), row.position(), aggregate);
      out()
          .printf(
              Locale.ROOT,
              "  parked %s UTC, %d behind it%n",
              Times.shown(row.parkedAtMicros()),
              letter.waiting());
      out().println("  " + Printable.of(row.reason()));
      if (reads.status(letter.version()).ofViews()) {
        showView(reads, row.position());
        out().flush();
        return ExitCode.OK;
      }
      var database = reads.store().layout().databaseOf(row.position().shard());
      try (var session = reads.store().open(database)) {
        for (var stored : session.rows(List.of(row.position()))) {
          var outcome = stored.outcome();
          out()
              .printf(
                  Locale.ROOT,
                  "  version %d, command %s%n",
                  outcome.version(),
                  outcome.commandId());
          for (var event : EventsBlob.decode(outcome.blobs().events())) {
            out()
                .printf(
                    "  %s  %s%n",
                    Printable.of(Payload.typeOf(event)), Printable.of(Payload.text(event.data())));
          }
        }
      }
      out().flush();
      return ExitCode.OK;
    }

    private void showView(ReadSide reads, LogPosition position) {
      var found = reads.options().views().find(position.shard(), position.offset());
      var view = found.map(ViewRecord::view).orElse(null);
      if (view == null) {
        out().println("  the aggregate has a later view, which is tried when its turn comes");
        return;
      }
      out()
          .printf(
              "  view of revision %s%s%n",
              view.revision().token(), view.conflict() ? ", a conflict is open" : "");
      var state = view.state();
      if (state != null) {
        out()
            .printf(
                "  %s  %s%n",
                Printable.of(Payload.typeOf(state)), Printable.of(Payload.text(state.data())));
      }
    }
  }

  @Command(
      name = "retry",
      description = {
        "Has the projection job try the failed event again, and those behind it: after its code or"
            + " the tables were mended.",
        "With --all, the failed events of all aggregates."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  anabranch projections dead-letters retry balances Account/4711",
        "  anabranch projections dead-letters retry balances --all",
        "  anabranch projections dead-letters retry balances --all --reason 'Data too long'"
      })
  static final class Retry extends ReadSideCommand {

    @Parameters(index = "0", paramLabel = "PROJECTION", description = "Its name.")
    private String projection = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "AGGREGATE",
        description = "Type and id: Account/4711.")
    private @Nullable String aggregate;

    @Option(
        names = "--version",
        paramLabel = "N",
        description = "In this version. Default: the one that readers see.")
    private @Nullable Integer version;

    @Option(names = "--all", description = "All aggregates, in place of one.")
    private boolean all;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "With --all: those whose reason has this text.")
    private @Nullable String reason;

    @Override
    int run(ReadSide reads) {
      if (all == (aggregate != null)) {
        throw CliException.usage("name one aggregate, or give --all");
      }
      if (reason != null && !all) {
        throw CliException.usage("--reason chooses among --all; leave it out for one aggregate");
      }
      var id = reads.version(projection, version);
      if (aggregate != null) {
        return request(reads, letter(reads, id, aggregate), ParkedRequest.Action.RETRY, out());
      }
      return retryAll(reads, id);
    }

    private int retryAll(ReadSide reads, VersionId id) {
      var text = reason == null ? "" : reason;
      var asked = reads.parked().requestAll(id, text, ParkedRequest.Action.RETRY);
      if (asked == 0) {
        throw CliException.problem(
            id + " has no dead letters" + (reason == null ? "" : " with '" + reason + "'"));
      }
      out()
          .printf(
              Locale.ROOT,
              "Asked: the projection job tries %,d dead letters of %s, and the rows behind them."
                  + " What fails again is listed with its new reason.%n",
              asked,
              id);
      out().flush();
      return ExitCode.OK;
    }
  }

  @Command(
      name = "discard",
      description = {
        "Has the projection job leave the failed event out, and try those behind it.",
        "The event stays in the log: only these tables never see it, until they are rebuilt."
      },
      footerHeading = "%nExamples:%n",
      footer = "  anabranch projections dead-letters discard balances Account/4711")
  static final class Discard extends OfAggregate {
    @Override
    int run(ReadSide reads) {
      return request(reads, letter(reads), ParkedRequest.Action.DISCARD, out());
    }
  }
}
