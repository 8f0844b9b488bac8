package dev.anabranch.playground.demo;

import java.io.PrintWriter;

/** Runs a line of the {@code anabranch} command in this JVM. */
@FunctionalInterface
public interface CliRunner {

  /**
   * @return the exit code; 0: fine
   */
  int run(PrintWriter out, String... args);
}
