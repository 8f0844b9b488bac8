package dev.anabranch.benchmarks.subject;

import dev.anabranch.benchmarks.load.Request;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The way of commands into a Flink job of this JVM, and of replies out of it, past any broker.
 * Tasks find it by number, as they are built from serialized parts.
 *
 * <p><b>Threads.</b> Any.
 */
final class InProcess {

  private static final Map<Integer, InProcess> OPEN = new ConcurrentHashMap<>();
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final Queue<CommandRecord> commands = new ConcurrentLinkedQueue<>();
  private final Queue<CompletableFuture<Void>> idleReaders = new ConcurrentLinkedQueue<>();
  private final Map<String, Request> underWay = new ConcurrentHashMap<>();
  private final AtomicInteger deadLetters = new AtomicInteger();

  /** Opens one; close it by its number. */
  static int open() {
    var number = NUMBERS.incrementAndGet();
    OPEN.put(number, new InProcess());
    return number;
  }

  static InProcess get(int number) {
    var found = OPEN.get(number);
    if (found == null) {
      throw new IllegalStateException("in-process channel " + number + " is closed");
    }
    return found;
  }

  static void close(int number) {
    OPEN.remove(number);
  }

  void send(Request request, CommandRecord command) {
    underWay.put(request.commandId, request);
    commands.add(command);
    wakeReaders();
  }

  /** All of them: Flink asks a reader several times, and waits for the latest future only. */
  private void wakeReaders() {
    for (var idle = idleReaders.poll(); idle != null; idle = idleReaders.poll()) {
      idle.complete(null);
    }
  }

  @Nullable CommandRecord poll() {
    return commands.poll();
  }

  /** Completes when there may be a command. */
  CompletableFuture<Void> available() {
    if (!commands.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    var idle = new CompletableFuture<Void>();
    idleReaders.add(idle);
    if (!commands.isEmpty()) {
      idle.complete(null);
    }
    return idle;
  }

  void answer(CommandReply reply) {
    var id = reply.commandId();
    var request = id == null ? null : underWay.remove(id);
    if (request != null) {
      request.complete(reply.status() == ReplyStatus.ACCEPTED && !reply.repeated());
    }
  }

  void deadLetter() {
    deadLetters.incrementAndGet();
  }

  int deadLetters() {
    return deadLetters.get();
  }
}
