package dev.anabranch.client;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the completion of futures, and with it what users chained to them, away from our threads.
 */
final class Completions implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Completions.class);
  private static final int CLOSE_TIMEOUT_SECONDS = 5;

  private final Executor executor;
  private final @Nullable ExecutorService own;

  private Completions(Executor executor, @Nullable ExecutorService own) {
    this.executor = executor;
    this.own = own;
  }

  static Completions on(Executor executor) {
    return new Completions(executor, null);
  }

  /** A thread of our own. */
  static Completions onThread(String name) {
    var own = Executors.newSingleThreadExecutor(daemons(name));
    return new Completions(own, own);
  }

  static ThreadFactory daemons(String name) {
    return work -> {
      var thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  void run(Runnable completion) {
    try {
      executor.execute(completion);
    } catch (RejectedExecutionException e) {
      // A future that never completes would be worse than one that completes on our thread.
      LOG.warn("The executor for completions takes no more work; completing a future here", e);
      completion.run();
    }
  }

  /** Waits for completions under way; an executor that was given is left alone. */
  @Override
  public void close() {
    if (own == null) {
      return;
    }
    own.shutdown();
    try {
      if (!own.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("What is chained to a future still runs {} s after close", CLOSE_TIMEOUT_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
