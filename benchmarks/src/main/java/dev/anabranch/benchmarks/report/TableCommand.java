package dev.anabranch.benchmarks.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints results again. */
@Command(
    name = "table",
    description = "Prints the tables of result files, as compare did.",
    mixinStandardHelpOptions = true)
public final class TableCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "JSON files that compare wrote.")
  private List<Path> files = List.of();

  @Override
  public Integer call() throws IOException {
    for (var file : files) {
      var run = ResultFiles.read(file);
      System.out.printf(
          "%s, %s, commit %s%n`%s`%n%n%s%n",
          run.label(), run.date(), run.commit(), run.command(), Report.of(run));
    }
    return 0;
  }
}
