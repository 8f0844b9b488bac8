package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.client.CommandFailedException;
import dev.anabranch.jobs.config.InvalidOptionsException;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.IntSupplier;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Turns what went wrong into a line or two and an exit code; the stack trace only if asked for. */
final class Failures
    implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {

  private static final int MAX_CAUSES = 20;

  /**
   * Runs a command line to its exit code, whatever it throws. The JVM's own exit code for that
   * would say that the command found problems.
   */
  static int guard(PrintWriter err, IntSupplier commandLine) {
    try {
      return commandLine.getAsInt();
    } catch (OutOfMemoryError e) {
      err.println(
          "anabranch: the memory is used up ("
              + e.getMessage()
              + "); give it more, e.g. with ANABRANCH_JAVA_OPTS=-Xmx4g");
    } catch (Throwable e) {
      err.println("anabranch: " + e);
      e.printStackTrace(err);
    }
    err.flush();
    return ExitCode.FAILED;
  }

  @Override
  public int handleParseException(CommandLine.ParameterException e, String[] args) {
    var command = e.getCommandLine();
    var err = command.getErr();
    err.println(error(command, e.getMessage()));
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Run '" + command.getCommandSpec().qualifiedName() + " --help' for its options.");
    err.flush();
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(
      Exception e, CommandLine command, CommandLine.@Nullable ParseResult parsed) {
    var err = command.getErr();
    if (wantsStackTrace(command)) {
      e.printStackTrace(err);
    }
    var failure = unwrapped(e);
    var exitCode = exitCodeOf(failure);
    err.println(error(command, messageOf(failure)));
    if (exitCode == ExitCode.FAILED && !wantsStackTrace(command)) {
      err.println("Run it again with --stacktrace to see where.");
    }
    err.flush();
    return exitCode;
  }

  static int exitCodeOf(Throwable failure) {
    if (failure instanceof CliException ours) {
      return ours.exitCode();
    }
    if (failure instanceof CommandFailedException) {
      return ExitCode.UNREACHABLE;
    }
    if (failure instanceof InvalidOptionsException || failure instanceof StoreLayoutException) {
      return ExitCode.USAGE;
    }
    var cause = failure;
    for (var depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof StoreUnavailableException
          || cause instanceof TimeoutException
          || cause instanceof DisconnectException
          || cause instanceof AuthenticationException) {
        return ExitCode.UNREACHABLE;
      }
      cause = cause.getCause();
    }
    return ExitCode.FAILED;
  }

  private static Throwable unwrapped(Throwable e) {
    var cause = e.getCause();
    var isWrapper = e instanceof CompletionException || e instanceof ExecutionException;
    return isWrapper && cause != null ? unwrapped(cause) : e;
  }

  private static String messageOf(Throwable failure) {
    var message = failure.getMessage();
    var isOurs = failure.getClass().getName().startsWith("dev.anabranch.");
    if (message == null || message.isBlank()) {
      return failure.getClass().getName();
    }
    if (failure instanceof UncheckedIOException && failure.getCause() != null) {
      return message + " (" + failure.getCause() + ")"; // which says why
    }
    return isOurs || failure instanceof IllegalStateException
        ? message
        : failure.getClass().getSimpleName() + ": " + message;
  }

  private static String error(CommandLine command, @Nullable String message) {
    return command.getColorScheme().errorText("anabranch: ").toString() + message;
  }

  private static boolean wantsStackTrace(CommandLine command) {
    return command.getCommandSpec().root().userObject() instanceof Anabranch root
        && root.wantsStackTrace();
  }
}
