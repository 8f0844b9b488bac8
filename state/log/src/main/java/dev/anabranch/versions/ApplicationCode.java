package dev.anabranch.versions;

import org.jspecify.annotations.Nullable;

/**
 * The one place that says what it means that the application's code threw: deciders, codecs,
 * upcasters, resolvers, filters, handlers.
 *
 * <p>Whatever kind of throwable it is, it is the problem of one command, commit, aggregate or row,
 * and never of the job: checked exceptions that were thrown without being declared, errors of the
 * application's own, failed assertions, classes that are missing, a stack that overflowed, an array
 * that is longer than arrays can be. So are {@code InterruptedException}, {@code ThreadDeath} and
 * the machine's own errors: whoever interrupts one of our threads sets its flag, which this leaves
 * as it is. Only a heap that is full is thrown again: nobody knows which thread's memory it was.
 *
 * <p>Use: {@code catch (Throwable e) { … ApplicationCode.problem(e) … }} around the call and
 * nothing else.
 */
public final class ApplicationCode {

  /** Longer texts are cut: they stand in replies, dead letters, states and logs. */
  static final int MAX_LENGTH = 8_192;

  private ApplicationCode() {}

  /**
   * What was thrown, as a text that is never empty: class and message. A {@link
   * FoldFailedException} has said that already.
   *
   * @throws OutOfMemoryError the one that was thrown, if the heap is full
   */
  public static String problem(Throwable thrown) {
    var message = message(thrown);
    if (thrown instanceof FoldFailedException) {
      return message;
    }
    var name = thrown.getClass().getName();
    return message.isEmpty() ? name : cut(name + ": " + message);
  }

  /**
   * The message alone; empty if there is none.
   *
   * @throws OutOfMemoryError as {@link #problem}
   */
  public static String message(Throwable thrown) {
    if (thrown instanceof OutOfMemoryError memory && isOfTheHeap(memory)) {
      throw memory;
    }
    try {
      return cut(thrown.getMessage());
    } catch (Throwable unreadable) {
      return "its message can't be read, getMessage throws " + unreadable.getClass().getName();
    }
  }

  /**
   * Returns what can be logged: a logger reads messages, also of causes, and may throw what they
   * throw.
   */
  public static Throwable loggable(Throwable thrown) {
    try {
      var depth = 0;
      for (Throwable cause = thrown; cause != null && depth < 100; cause = cause.getCause()) {
        var unused = cause.toString();
        depth++;
      }
      return thrown;
    } catch (Throwable unreadable) {
      var readable = new IllegalStateException(problem(thrown));
      readable.setStackTrace(thrown.getStackTrace());
      return readable;
    }
  }

  /** The others are thrown before anything is allocated: one value asked for too long an array. */
  private static boolean isOfTheHeap(OutOfMemoryError e) {
    var message = String.valueOf(e.getMessage());
    return !message.contains("exceeds VM limit")
        && !message.contains("exceeds implementation limit");
  }

  private static String cut(@Nullable String text) {
    if (text == null) {
      return "";
    }
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + " …";
  }
}
