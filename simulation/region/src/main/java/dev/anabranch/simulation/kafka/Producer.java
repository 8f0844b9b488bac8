package dev.anabranch.simulation.kafka;

import dev.anabranch.simulation.time.Scheduler;
import dev.anabranch.simulation.time.SimulatedMachine;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * An idempotent producer: records of a partition arrive in the order in which they were sent, those
 * of different partitions in any; what has not arrived when its machine dies may arrive, or not.
 */
public final class Producer<T> {

  private static final long MILLI = 1_000_000;

  private final Scheduler time;
  private final SplittableRandom random;
  private final SimulatedMachine machine;
  private final Broker broker;
  private final Consumer<T> arrival;
  private final Map<Integer, Queue<T>> sent = new TreeMap<>();
  private int underWay;

  /**
   * A producer.
   *
   * @param arrival takes what arrives at the broker
   */
  public Producer(
      Scheduler time,
      SplittableRandom random,
      SimulatedMachine machine,
      Broker broker,
      Consumer<T> arrival) {
    this.time = time;
    this.random = random;
    this.machine = machine;
    this.broker = broker;
    this.arrival = arrival;
  }

  /** Whether the brokers take what is sent. */
  public static final class Broker {
    private long downUntil;

    public void down(long untilNanos) {
      downUntil = Math.max(downUntil, untilNanos);
    }

    public void heal() {
      downUntil = 0;
    }
  }

  public void send(int partition, T record) {
    var queue = sent.computeIfAbsent(partition, p -> new ArrayDeque<>());
    queue.add(record);
    underWay++;
    if (queue.size() == 1) {
      schedule(partition);
    }
  }

  /** Whether all that was sent is acknowledged. */
  public boolean isFlushed() {
    return underWay == 0;
  }

  private void schedule(int partition) {
    var wait = random.nextInt(20) == 0 ? random.nextInt(2_000) * MILLI : random.nextInt(5_000_000);
    time.after(wait, () -> deliver(partition));
  }

  private void deliver(int partition) {
    if (machine.isDead() && random.nextBoolean()) {
      // The batch had not left.
      return;
    }
    if (time.nanos() < broker.downUntil) {
      if (!machine.isDead()) {
        time.at(broker.downUntil, () -> deliver(partition));
      }
      return;
    }
    var queue = sent.getOrDefault(partition, new ArrayDeque<>());
    for (var batch = 1 + random.nextInt(queue.size() + 1); batch > 0 && !queue.isEmpty(); batch--) {
      arrival.accept(queue.remove());
      underWay--;
    }
    if (!queue.isEmpty()) {
      if (!machine.isDead()) {
        schedule(partition);
      }
    }
  }
}
