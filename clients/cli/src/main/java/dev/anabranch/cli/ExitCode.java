package dev.anabranch.cli;

/** How the command ends, for scripts. Published: never renumber. */
final class ExitCode {

  static final int OK = 0;
  static final int PROBLEMS = 1;
  static final int USAGE = 2;
  static final int UNREACHABLE = 3;
  static final int FAILED = 4;

  private ExitCode() {}
}
