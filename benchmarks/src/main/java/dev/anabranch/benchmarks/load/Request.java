package dev.anabranch.benchmarks.load;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One command under way; completed with whether it was accepted. */
public final class Request extends CompletableFuture<Boolean> {

  /** For the raw cells; null: the target makes the row. */
  public final @Nullable Row row;

  public final String commandId;

  /** When the sender sent it, or, at a given rate, should have. */
  long startNanos;

  public Request(@Nullable Row row, String commandId) {
    this.row = row;
    this.commandId = commandId;
  }
}
