package dev.anabranch.cli;

import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.text.Table;
import dev.anabranch.connectors.mysql.schema.SchemaMigrator;
import dev.anabranch.store.StoreLayout;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code anabranch schema}: the tables of the event store. */
@Command(
    name = "schema",
    description = "Creates, upgrades or checks the tables of a region's databases.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {SchemaCommand.Migrate.class, SchemaCommand.Validate.class},
    footerHeading = "%nExamples:%n",
    footer = {"  anabranch schema migrate --config region.yaml", "  anabranch schema validate"})
final class SchemaCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "migrate or validate the schema?");
    }
  }

  @Command(
      name = "migrate",
      description = {
        "Creates what is missing in all databases of the region: tables, the region's record, the"
            + " shards' homes. Changes nothing if a database belongs to something else.",
        "It can be repeated at any time."
      },
      footerHeading = "%nExamples:%n",
      footer = "  anabranch schema migrate --config region.yaml")
  static final class Migrate extends RegionCommand {
    @Override
    protected int run(Region region) {
      print(this, new SchemaMigrator(region.options().store().config()).migrate(), "is ready");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "validate",
      description = "Checks all databases of the region and changes nothing.",
      footerHeading = "%nExamples:%n",
      footer = "  anabranch schema validate --config region.yaml")
  static final class Validate extends RegionCommand {
    @Override
    protected int run(Region region) {
      print(this, new SchemaMigrator(region.options().store().config()).validate(), "is valid");
      return ExitCode.OK;
    }
  }

  private static void print(RegionCommand command, StoreLayout layout, String verdict) {
    var out = command.out();
    out.printf(
        Locale.ROOT,
        "The schema of region %s %s: %d shards, %d partitions of events, store %s%n",
        layout.region(),
        verdict,
        layout.shardCount(),
        layout.eventsPartitions(),
        layout.storeId());
    var table = new Table("DATABASE", ">SHARDS");
    for (var i = 0; i < layout.databases().size(); i++) {
      var database = i;
      var shards = java.util.Arrays.stream(layout.homes()).filter(home -> home == database).count();
      table.row(layout.databases().get(i), Long.toString(shards));
    }
    table.print(out, command.style());
  }
}
