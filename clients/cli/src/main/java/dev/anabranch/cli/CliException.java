package dev.anabranch.cli;

import org.jspecify.annotations.Nullable;

/** An end with a message for the user, who needs no stack trace to understand it. */
final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CliException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  static CliException usage(String message) {
    return new CliException(ExitCode.USAGE, message, null);
  }

  static CliException problem(String message) {
    return new CliException(ExitCode.PROBLEMS, message, null);
  }

  static CliException unreachable(String message, Throwable cause) {
    return new CliException(ExitCode.UNREACHABLE, message, cause);
  }

  static CliException failed(String message, Throwable cause) {
    return new CliException(ExitCode.FAILED, message, cause);
  }

  int exitCode() {
    return exitCode;
  }
}
