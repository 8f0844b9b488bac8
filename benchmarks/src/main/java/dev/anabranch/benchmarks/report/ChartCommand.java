package dev.anabranch.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws a result. */
@Command(
    name = "chart",
    description = "Draws where the CPU of each cell went, as SVG.",
    mixinStandardHelpOptions = true)
public final class ChartCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "JSON file that compare wrote.")
  private Path file = Path.of("");

  @Option(names = "--output", description = "SVG file; default: beside the JSON file.")
  private @Nullable Path output;

  @Override
  public Integer call() throws IOException {
    var target = output;
    if (target == null) {
      var name = file.getFileName().toString().replaceFirst("\\.json$", "") + ".svg";
      target = file.resolveSibling(name);
    }
    Files.writeString(target, CostChart.of(ResultFiles.read(file)));
    System.err.println("written: " + target);
    return 0;
  }
}
