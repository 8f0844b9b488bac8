package dev.anabranch.jobs.region;

import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Commands that a thread sends, one after the other, while a test does something to the region.
 *
 * <p><b>Bounds.</b> As many commands wait for their replies as the client allows.
 */
public final class Load implements AutoCloseable {

  private final CommandClient client;
  private final Function<Random, Command> commands;
  private final Random random;
  private final Thread thread;
  private final AtomicLong replied = new AtomicLong();
  private final ConcurrentLinkedQueue<Sent> all = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  /** A command that was sent, and what becomes of it. */
  public record Sent(Command command, CompletableFuture<CommandReply> reply) {}

  /** How the commands ended. */
  public record Result(List<Sent> sent, Map<ReplyStatus, Long> byStatus) {
    public Result {
      sent = List.copyOf(sent);
      byStatus = Map.copyOf(byStatus);
    }

    public long count(ReplyStatus status) {
      return byStatus.getOrDefault(status, 0L);
    }
  }

  Load(CommandClient client, long seed, Function<Random, Command> commands) {
    this.client = client;
    this.commands = commands;
    this.random = new Random(seed);
    this.thread = new Thread(this::send, "load");
    thread.setDaemon(true);
    thread.start();
  }

  /** Commands with a reply so far. */
  public long replied() {
    return replied.get();
  }

  /** Waits until as many more commands have their replies. */
  public void awaitReplies(long more) {
    var goal = replied.get() + more;
    Await.until(more + " more replies, " + goal + " in all", () -> replied.get() >= goal);
  }

  /**
   * Sends no more and waits for every reply.
   *
   * @throws AssertionError if a command got none
   */
  public Result stop() {
    close();
    var sent = new ArrayList<>(all);
    var byStatus = new EnumMap<ReplyStatus, Long>(ReplyStatus.class);
    @Nullable Throwable failure = null;
    for (var each : sent) {
      try {
        byStatus.merge(each.reply.join().status(), 1L, Long::sum);
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw new AssertionError("a command got no reply", failure);
    }
    return new Result(sent, byStatus);
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send() {
    while (!stopped) {
      var command = commands.apply(random);
      var reply = client.send(command, ReplyLevel.COMMITTED);
      all.add(new Sent(command, reply));
      var unused = reply.thenRun(replied::incrementAndGet);
    }
  }
}
