package dev.anabranch.playground.demo;

import dev.anabranch.cli.send.Pacer;
import dev.anabranch.client.Command;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.examples.orders.OrderCommand;
import dev.anabranch.examples.orders.OrderCommand.AddItem;
import dev.anabranch.examples.orders.OrderCommand.CreateOrder;
import dev.anabranch.examples.orders.OrderCommand.RemoveItem;
import dev.anabranch.examples.orders.OrdersDomain;
import dev.anabranch.model.message.ReplyStatus;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Edits some orders in one region, at a steady rate, until it is stopped. Some commands are sent to
 * another region as well under the same id, as a client does that gives up on one.
 */
final class EditLoad implements AutoCloseable {

  private static final int WEB_ORDERS = 40;
  private static final int CONTRACT_ORDERS = 15;
  private static final int FAILED_OVER_PERCENT = 2;

  private final DemoRegion region;
  private final DemoRegion other;
  private final Random random;
  private final Thread thread;
  private final ConcurrentLinkedQueue<CompletableFuture<?>> answers = new ConcurrentLinkedQueue<>();
  private final AtomicLong accepted = new AtomicLong();
  private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
  private volatile boolean stopping;

  /**
   * @param other to which some commands are sent, too
   */
  EditLoad(DemoRegion region, DemoRegion other, long seed, int perSecond) {
    this.region = region;
    this.other = other;
    this.random = new Random(seed);
    this.thread = new Thread(() -> send(perSecond), "edits-" + region.name());
    thread.setDaemon(true);
    thread.start();
  }

  long accepted() {
    return accepted.get();
  }

  /** Waits for all answers; gives what was wrong with them. */
  List<String> stop() throws InterruptedException {
    stopping = true;
    thread.join();
    answers.forEach(CompletableFuture::join);
    return List.copyOf(errors);
  }

  @Override
  public void close() {
    stopping = true;
  }

  private void send(int perSecond) {
    var pacer = new Pacer(perSecond);
    while (!stopping) {
      var command = next();
      send(region, command);
      if (random.nextInt(100) < FAILED_OVER_PERCENT) {
        send(other, command);
      }
      pacer.await();
    }
  }

  private void send(DemoRegion to, Command command) {
    answers.add(
        to.client()
            .send(command, ReplyLevel.COMMITTED)
            .handle(
                (reply, failure) -> {
                  if (failure != null) {
                    errors.add(command + ": " + failure);
                  } else if (reply.status() == ReplyStatus.ERROR) {
                    errors.add(command + ": " + reply.body().code());
                  } else if (reply.status() == ReplyStatus.ACCEPTED) {
                    accepted.incrementAndGet();
                  }
                  return reply;
                }));
  }

  private Command next() {
    if (random.nextInt(100) < 85) {
      return Command.of(OrdersDomain.WEB_ORDER, "w" + random.nextInt(WEB_ORDERS), edit());
    }
    return Command.of(OrdersDomain.CONTRACT_ORDER, "c" + random.nextInt(CONTRACT_ORDERS), edit());
  }

  private OrderCommand edit() {
    return switch (random.nextInt(10)) {
      case 0, 1 -> new CreateOrder("by " + region.name());
      case 2, 3 -> new RemoveItem("item " + random.nextInt(20));
      default -> new AddItem("item " + random.nextInt(20));
    };
  }
}
