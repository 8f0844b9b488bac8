package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.text.Style;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.query.ParkedRows;
import dev.anabranch.connectors.mysql.query.ProjectionTables;
import dev.anabranch.connectors.mysql.query.QueryOwner;
import dev.anabranch.connectors.mysql.query.VersionStatus;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.query.VersionId;
import dev.anabranch.store.EventStore;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands that work on a region's query database have in common. */
abstract class ReadSideCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  /** The databases of a region's read side. */
  record ReadSide(ProjectionJobOptions options, EventStore store) implements AutoCloseable {

    ProjectionTables tables() {
      return new ProjectionTables(options.query().config(), QueryOwner.of(store.layout()));
    }

    ParkedRows parked() {
      return new ParkedRows(options.query().config());
    }

    /** The version with this number; if there is none: the one that readers see. */
    VersionId version(String projection, @Nullable Integer number) {
      if (number != null) {
        return new VersionId(projection, number);
      }
      return tables()
          .live(projection)
          .orElseThrow(
              () ->
                  CliException.problem(
                      "readers see no version of projection "
                          + projection
                          + "; 'anabranch projections list' shows which there are"));
    }

    VersionStatus status(VersionId version) {
      return tables().list().stream()
          .filter(status -> status.id().equals(version))
          .findAny()
          .orElseThrow(
              () ->
                  CliException.problem(
                      "there is no " + version + "; 'anabranch projections list' shows all"));
    }

    @Override
    public void close() {
      store.close();
    }
  }

  @Override
  public final Integer call() throws Exception {
    var root = (Anabranch) spec().root().userObject();
    var options = ProjectionJobOptions.fromArgs(root.jobArguments());
    try (var reads =
        new ReadSide(options, new MySqlEventStoreFactory(options.store().config()).open())) {
      return run(reads);
    }
  }

  /** Does the work and gives the exit code. */
  abstract int run(ReadSide reads) throws Exception;

  final PrintWriter out() {
    return spec().commandLine().getOut();
  }

  final Style style() {
    return new Style(Ansi.AUTO.enabled());
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it before it calls");
    }
    return spec;
  }
}
