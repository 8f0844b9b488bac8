package dev.anabranch.playground.demo;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What runs for the demo, and how it ends: in the reverse order, once, also when the JVM is told to
 * end meanwhile.
 *
 * <p><b>Threads.</b> Closing is safe for use by many.
 */
final class DemoParts implements AutoCloseable {

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Thread hook = new Thread(this::close, "demo-shutdown");
  private @Nullable DemoDirectory directory;
  private boolean keepFiles;
  private boolean closed;
  private volatile boolean ending;

  DemoDirectory openDirectory(@Nullable Path given) {
    var opened = DemoDirectory.create(given);
    directory = opened;
    Runtime.getRuntime().addShutdownHook(hook);
    use(DemoLog.to(opened.resolve("demo.log")));
    return opened;
  }

  /** Closes it before everything that is open already. */
  synchronized <T extends AutoCloseable> T use(T part) {
    if (closed) {
      throw new IllegalStateException("the demo is ending");
    }
    open.push(part);
    return part;
  }

  /** Whether the end has begun, so that failures mean nothing. */
  boolean isEnding() {
    return ending;
  }

  /** The files are wanted after the end; gives their directory, or null if there is none yet. */
  @Nullable Path keepFiles() {
    keepFiles = true;
    return directory == null ? null : directory.path();
  }

  @Override
  public void close() {
    ending = true;
    closeOnce();
  }

  private synchronized void closeOnce() {
    if (closed) {
      return;
    }
    closed = true;
    while (!open.isEmpty()) {
      closeQuietly(open.pop());
    }
    if (directory != null && !keepFiles) {
      directory.delete();
    }
    if (Thread.currentThread() != hook) {
      removeHook();
    }
  }

  /** One part that does not end must not keep the others running. */
  private static void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      System.err.println("anabranch: while ending the demo: " + e);
    }
  }

  private void removeHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hook waits for us, and will find everything closed.
    }
  }
}
