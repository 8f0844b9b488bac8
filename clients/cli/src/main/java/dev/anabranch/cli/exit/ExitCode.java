package dev.anabranch.cli.exit;

/** How the command ends, for scripts. Published: never renumber. */
public final class ExitCode {

  public static final int OK = 0;
  public static final int PROBLEMS = 1;
  public static final int USAGE = 2;
  public static final int UNREACHABLE = 3;
  public static final int FAILED = 4;

  private ExitCode() {}
}
