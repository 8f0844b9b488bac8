package dev.anabranch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.log.AggregateFold;
import dev.anabranch.cli.log.AggregateHistory;
import dev.anabranch.cli.log.CurrentSession;
import dev.anabranch.cli.text.Payload;
import dev.anabranch.cli.text.Times;
import dev.anabranch.model.AggregateKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code anabranch state}: one aggregate, folded from its stored events. */
@Command(
    name = "state",
    description =
        "Folds the stored events of one aggregate with the code of its domain, as the job does.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch state Account/4711",
      "  anabranch state Account/4711 --version 3",
      "  anabranch state Cart/7 --domain-jar target/shop.jar"
    })
final class StateCommand extends RegionCommand {

  @Parameters(index = "0", paramLabel = "AGGREGATE", description = "Type and id: Account/4711.")
  private String aggregate = "";

  @Option(
      names = "--version",
      paramLabel = "N",
      description = "The state after version N instead of the newest.")
  private long lastVersion = Long.MAX_VALUE;

  @Option(names = "--json", description = "One line of JSON with key, version and state.")
  private boolean json;

  @Mixin private DomainOption domain = new DomainOption();

  @Override
  protected int run(Region region) throws JsonProcessingException {
    var key = Keys.parse(aggregate);
    var fold = new AggregateFold(domain.type(key.type()));
    try (var store = region.openStore();
        var session = new CurrentSession(store)) {
      AggregateHistory.fold(session.of(key), key, lastVersion, fold);
    } catch (CodecException e) {
      throw CliException.problem(e.getMessage() + " (the code is that of " + domain.where() + ")");
    }
    if (fold.version() == 0) {
      throw CliException.problem(
          key + " has no commits in region " + region.name() + "; is the key right?");
    }
    if (lastVersion != Long.MAX_VALUE && fold.version() < lastVersion) {
      throw CliException.problem(
          key + " is at version " + fold.version() + ", there is no version " + lastVersion);
    }
    if (json) {
      out().println(json(key, fold));
    } else {
      out()
          .println(
              style().bold(key.toString())
                  + "  version "
                  + fold.version()
                  + ", "
                  + Times.shown(fold.occurredAtMicros())
                  + " UTC");
      out().println(pretty(fold.state()));
      for (var version : fold.concurrent()) {
        out().println("branch " + version.dot() + ": " + Payload.text(version.state().data()));
      }
    }
    out().flush();
    return ExitCode.OK;
  }

  private static String json(AggregateKey key, AggregateFold fold) throws JsonProcessingException {
    var node = Payload.JSON.createObjectNode();
    node.put("aggregate", key.toString());
    node.put("version", fold.version());
    node.put("occurredAt", Times.instant(fold.occurredAtMicros()).toString());
    node.set("state", Payload.node(fold.state()));
    if (!fold.concurrent().isEmpty()) {
      var versions = node.putObject("branches");
      for (var version : fold.concurrent()) {
        versions.set(version.dot().toString(), Payload.node(version.state()));
      }
    }
    return Payload.JSON.writeValueAsString(node);
  }

  private static String pretty(EncodedMessage state) throws JsonProcessingException {
    var parsed = Payload.json(state.data());
    return parsed.isPresent()
        ? Payload.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(parsed.get())
        : Payload.typeOf(state) + " " + Payload.text(state.data());
  }
}
