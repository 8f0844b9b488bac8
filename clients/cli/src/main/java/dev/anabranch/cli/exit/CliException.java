package dev.anabranch.cli.exit;

import org.jspecify.annotations.Nullable;

/** An end with a message for the user, who needs no stack trace to understand it. */
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CliException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  public static CliException usage(String message) {
    return new CliException(ExitCode.USAGE, message, null);
  }

  public static CliException problem(String message) {
    return new CliException(ExitCode.PROBLEMS, message, null);
  }

  public static CliException unreachable(String message, Throwable cause) {
    return new CliException(ExitCode.UNREACHABLE, message, cause);
  }

  public static CliException failed(String message, Throwable cause) {
    return new CliException(ExitCode.FAILED, message, cause);
  }

  public int exitCode() {
    return exitCode;
  }
}
