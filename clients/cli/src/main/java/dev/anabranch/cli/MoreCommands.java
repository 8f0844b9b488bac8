package dev.anabranch.cli;

import picocli.CommandLine;

/**
 * Commands that another artifact adds to the command line, found by {@link
 * java.util.ServiceLoader}. Each command line gets instances of its own.
 */
public interface MoreCommands {

  /** Adds the commands below the root. */
  void addTo(CommandLine root);
}
