package dev.anabranch.cli;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.exit.Utf8Arguments;
import dev.anabranch.cli.send.JsonCommand;
import dev.anabranch.cli.send.Pacer;
import dev.anabranch.cli.send.SendRun;
import dev.anabranch.cli.send.Sender;
import dev.anabranch.cli.send.Utf8Lines;
import dev.anabranch.cli.text.Progress;
import dev.anabranch.cli.text.ReplyText;
import dev.anabranch.cli.text.SummaryText;
import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.CommandIds;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.ReplyStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code anabranch send}: commands from the command line, a file, or stdin. */
@CommandLine.Command(
    name = "send",
    customSynopsis = {
      "anabranch send [OPTIONS] AGGREGATE TYPE DATA",
      "anabranch send [OPTIONS] --file FILE"
    },
    description = {
      "Sends one command, or one for each line of a file, and says what became of it.",
      "A line of the file is {\"aggregate\":\"Account/1\",\"type\":\"Deposit\",\"data\":{...}},"
          + " with \"id\", \"schemaVersion\", \"expectedVersion\" and \"meta\" if needed. Lines"
          + " without an id get a random one: give ids if you may send the file again."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch send Account/1 Deposit '{\"amount\":5}'",
      "  anabranch send Account/1 Deposit '{\"amount\":5}' --id d-17 --expected-version 3",
      "  anabranch send --file commands.jsonl",
      "  generate | anabranch send --file - --level sent --rate 500"
    })
final class SendCommand extends RegionCommand {

  @Parameters(index = "0", arity = "0..1", paramLabel = "AGGREGATE", description = "Account/4711")
  private @Nullable String aggregate;

  @Parameters(index = "1", arity = "0..1", paramLabel = "TYPE", description = "Type of command.")
  private @Nullable String type;

  @Parameters(index = "2", arity = "0..1", paramLabel = "DATA", description = "Its JSON.")
  private String data = "{}";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "JSON lines; - is stdin.")
  private @Nullable String file;

  @Option(names = "--id", paramLabel = "ID", description = "Command id. Default: random.")
  private @Nullable String id;

  @Option(
      names = "--schema-version",
      paramLabel = "N",
      description = "Of the command type. Default: 1.")
  private int schemaVersion = 1;

  @Option(
      names = "--expected-version",
      paramLabel = "N",
      description = "Reject the command unless the aggregate is at this version.")
  private long expectedVersion = CommandEnvelope.ANY_VERSION;

  @Option(
      names = "--expected-revision",
      paramLabel = "TOKEN",
      description =
          "Reject the command unless the aggregate is at this revision, as a reply or a view"
              + " carried it: for types that several regions change.")
  private @Nullable String expectedRevision;

  @Option(
      names = "--on",
      paramLabel = "DOT",
      description =
          "Decide on this live branch, region:n, of an aggregate with an open conflict; see"
              + " `anabranch conflicts show`.")
  private @Nullable String buildsOn;

  @Option(
      names = "--meta",
      paramLabel = "NAME=VALUE",
      description = "Carried to the events, as meta-NAME; may be given several times.")
  private Map<String, String> meta = new LinkedHashMap<>();

  /** What {@code --level} takes. */
  enum Level {
    SENT,
    COMMITTED
  }

  @Option(
      names = "--level",
      paramLabel = "LEVEL",
      description = "Wait until Kafka has it (sent) or for its outcome (committed, the default).")
  private Level level = Level.COMMITTED;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long to wait for an answer, retries included. Default: 60.")
  private int timeoutSeconds = 60;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      description = "Commands of a file that may be under way, 1 to 10000. Default: 1000.")
  private int inFlight = 1_000;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Commands of a file per second. Default: as fast as they are answered.")
  private double rate;

  @Option(names = "--json", description = "Prints each reply as one line of JSON.")
  private boolean json;

  @Override
  protected int run(Region region) throws IOException {
    if (timeoutSeconds < 1 || inFlight < 1 || inFlight > 10_000 || rate < 0) {
      throw CliException.usage(
          "--timeout must be 1 or more, --in-flight 1 to 10000, --rate 0 or more");
    }
    if (file == null) {
      refuse("is for the commands of a --file", "--rate", "--in-flight");
      var command = command();
      try (var client = client(region)) {
        return sendOne(client, command);
      }
    }
    if (aggregate != null) {
      throw CliException.usage("give either AGGREGATE TYPE DATA or --file, not both");
    }
    refuse(
        "is for one command, not for a --file: write id, schemaVersion, expectedVersion and meta"
            + " into its lines; --expected-revision and --on go with single commands only",
        "--id",
        "--schema-version",
        "--expected-version",
        "--expected-revision",
        "--on",
        "--meta");
    try (var lines = open(file);
        var client = client(region)) {
      return sendAll(client, lines);
    }
  }

  private Command command() {
    if (aggregate == null || type == null) {
      throw CliException.usage(
          "what shall be sent? Give AGGREGATE TYPE DATA, or --file; `anabranch send --help` shows"
              + " examples.");
    }
    var commandId = id == null ? CommandIds.next() : id;
    try {
      var command =
          JsonCommand.of(
              Keys.parse(aggregate), type, schemaVersion, commandId, data, expectedVersion, meta);
      if (expectedRevision != null) {
        command = command.withExpectedRevision(VectorTime.fromToken(expectedRevision));
      }
      return buildsOn == null ? command : command.buildingOn(Dot.parse(buildsOn));
    } catch (IllegalArgumentException e) {
      throw CliException.usage(type + " for " + aggregate + ": " + e.getMessage());
    }
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
        .maxInFlight(inFlight)
        .build();
  }

  private int sendOne(CommandClient client, Command command) throws IOException {
    try {
      if (level == Level.SENT) {
        var position = client.send(command, ReplyLevel.SENT).get();
        out()
            .println(
                json ? ReplyText.sentJson(command, position) : ReplyText.sent(command, position));
        out().flush();
        return ExitCode.OK;
      }
      var reply = client.send(command, ReplyLevel.COMMITTED).get();
      out()
          .println(json ? ReplyText.json(command, reply) : ReplyText.text(command, reply, style()));
      out().flush();
      var fine = reply.status() == ReplyStatus.ACCEPTED || reply.status() == ReplyStatus.UNCHANGED;
      return fine ? ExitCode.OK : ExitCode.PROBLEMS;
    } catch (ExecutionException e) {
      throw new java.util.concurrent.CompletionException(e.getCause());
    } catch (IllegalArgumentException e) {
      throw CliException.usage(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CliException.unreachable("interrupted while waiting for the reply", e);
    }
  }

  /** Whatever ends the reading, what was sent before is answered and summed up. */
  private int sendAll(CommandClient client, Utf8Lines lines) {
    var progress = new Progress(err(), style().ansi(), System::nanoTime);
    var printer = new SendPrinter(out(), err(), json);
    var run =
        new SendRun(level == Level.SENT ? Sender.sent(client) : Sender.committed(client), printer);
    var pacer = new Pacer(rate);
    IOException unread = null;
    try {
      for (var line = lines.next(); line != null; line = lines.next()) {
        pacer.await();
        run.line(line);
        progress.at("sent", line.number(), -1);
      }
    } catch (IOException e) {
      unread = e;
    }
    var summary = run.await();
    progress.end();
    printer.end();
    SummaryText.print(summary, json ? err() : out(), style());
    if (unread != null) {
      throw CliException.failed(
          file
              + " can't be read after line "
              + lines.number()
              + " ("
              + unread
              + "); what stands above it was sent",
          unread);
    }
    return summary.isComplete() ? ExitCode.OK : ExitCode.PROBLEMS;
  }

  private static Utf8Lines open(String file) throws IOException {
    try {
      return Utf8Lines.of(file, file.equals("-") ? System.in : Files.newInputStream(Path.of(file)));
    } catch (InvalidPathException e) {
      throw CliException.usage("can't read " + file + ": " + Utf8Arguments.REMEDY);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw CliException.usage("can't read " + file + ": is it there and readable?");
    }
  }
}
