package dev.anabranch.playground;

import dev.anabranch.cli.MoreCommands;
import picocli.CommandLine;

/** Adds what tries Anabranch out on one machine: {@code demo}, {@code cluster}, {@code load}. */
public final class PlaygroundCommands implements MoreCommands {

  @Override
  public void addTo(CommandLine root) {
    root.addSubcommand(new DemoCommand())
        .addSubcommand(new ClusterCommand())
        .addSubcommand(new LoadCommand());
    root.getCommandSpec().usageMessage().footerHeading("%nTo begin: anabranch demo%n");
  }
}
