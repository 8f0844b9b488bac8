package dev.anabranch.playground.demo;

import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Command lines that the demo runs before the eyes of who watches. */
final class ShownCommandLine {

  private ShownCommandLine() {}

  /**
   * @return whether the command found everything fine
   */
  static boolean run(DemoScreen screen, CliRunner cli, Path config, String... args) {
    return run(
        screen,
        cli,
        Stream.concat(Stream.of(args), Stream.of("--config", config.toString()))
            .toArray(String[]::new));
  }

  static boolean run(DemoScreen screen, CliRunner cli, String... args) {
    screen.line(
        screen
            .style()
            .bold(
                "$ anabranch "
                    + Stream.of(args)
                        .map(ShownCommandLine::quoted)
                        .collect(Collectors.joining(" "))));
    var exitCode = new int[1];
    screen.print(out -> exitCode[0] = cli.run(out, args));
    return exitCode[0] == 0;
  }

  private static String quoted(String word) {
    return word.contains(" ") ? '"' + word + '"' : word;
  }
}
