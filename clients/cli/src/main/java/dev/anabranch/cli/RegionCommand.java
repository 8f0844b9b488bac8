package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.text.Style;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands that work on a region have in common. */
public abstract class RegionCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    return run(root().region());
  }

  /** Does the work and gives the exit code. */
  protected abstract int run(Region region) throws Exception;

  /** A mistake of usage, if one of the options was given: it would have no effect. */
  final void refuse(String why, String... options) {
    var given = spec().commandLine().getParseResult();
    for (var option : options) {
      if (given.hasMatchedOption(option)) {
        throw CliException.usage(option + " " + why);
      }
    }
  }

  /** For results. */
  public final PrintWriter out() {
    return spec().commandLine().getOut();
  }

  /** For everything else, so that results can be piped. */
  final PrintWriter err() {
    return spec().commandLine().getErr();
  }

  public final Style style() {
    return new Style(Ansi.AUTO.enabled());
  }

  final CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it before it calls");
    }
    return spec;
  }

  final Anabranch root() {
    return (Anabranch) spec().root().userObject();
  }
}
