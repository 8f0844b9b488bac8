package dev.anabranch.simulation.job;

import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.operators.command.CommandOperatorFactory;
import dev.anabranch.operators.task.LostRowsException;
import dev.anabranch.simulation.time.Killed;
import dev.anabranch.simulation.time.VirtualThreads;
import dev.anabranch.store.EventStoreFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.CancelTaskException;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;

/**
 * One parallel instance of the operator: a thread that runs its mails, then takes one element of
 * its input, as Flink's mailbox loop does.
 */
final class Subtask {

  private static final long MILLI = 1_000_000;

  private final Attempt attempt;
  private final World world;
  private final Place place;
  private final SimulatedMailbox mailbox;
  private final TaskOutput output;
  private final Deque<Element> input = new ArrayDeque<>();
  private final Queue<Long> completed = new ArrayDeque<>();
  private SplittableRandom ids = new SplittableRandom(0);
  private @Nullable OperatorInTask operator;

  /** Says which subtask it is, of how many, and how many shards there are. */
  record Place(int index, int parallelism, int shards) {}

  /** What comes in order: commands and barriers. */
  sealed interface Element {}

  record Command(CommandRecord record) implements Element {}

  /**
   * The barrier of a checkpoint.
   *
   * @param overtaken commands that it has overtaken, and that belong into the checkpoint
   */
  record Barrier(Checkpoint checkpoint, List<CommandRecord> overtaken) implements Element {}

  Subtask(Attempt attempt, World world, Place place) {
    this.attempt = attempt;
    this.world = world;
    this.place = place;
    this.mailbox = new SimulatedMailbox(world.time());
    this.output = new TaskOutput(world, attempt.machine());
  }

  int index() {
    return place.index();
  }

  // -- The input, filled by the attempt's source.

  boolean hasRoom() {
    return commandsWaiting() < world.channel();
  }

  void add(CommandRecord record) {
    input.add(new Command(record));
    mailbox.wake();
  }

  /** Commands of a checkpoint come before all others. */
  void addRestored(CommandRecord record) {
    input.add(new Command(record));
  }

  void barrier(Checkpoint checkpoint) {
    if (world.options().mayHoldInFlight()) {
      var overtaken = new ArrayList<CommandRecord>();
      for (var element : input) {
        if (element instanceof Command command) {
          overtaken.add(command.record);
        }
      }
      input.addFirst(new Barrier(checkpoint, overtaken));
    } else {
      input.add(new Barrier(checkpoint, List.of()));
    }
    mailbox.wake();
  }

  void checkpointCompleted(long id) {
    completed.add(id);
    mailbox.wake();
  }

  void cancel() {
    mailbox.cancel();
  }

  void wake() {
    mailbox.wake();
  }

  private int commandsWaiting() {
    var count = 0;
    for (var element : input) {
      count += element instanceof Command ? 1 : 0;
    }
    return count;
  }

  /** Whether nothing waits, and the topics have all that left. */
  boolean isQuiet() {
    return input.isEmpty() && mailbox.isEmpty() && output.isFlushed();
  }

  // -- The task's thread.

  void run(@Nullable OperatorSubtaskState from) {
    try {
      open(from);
      while (true) {
        step();
        world.time().yield();
      }
    } catch (Killed e) {
      abandon();
      throw e;
    } catch (CancelTaskException cancelled) {
      close();
    } catch (Throwable e) {
      if (attempt.machine().isDead()) {
        abandon();
        return;
      }
      attempt.failed(this, e);
      close();
    }
    attempt.ended();
  }

  private void open(@Nullable OperatorSubtaskState from) throws Exception {
    var threads = new VirtualThreads(world.time(), attempt.machine(), this::newId);
    ids = world.random().split();
    EventStoreFactory store = world.store()::reach;
    var factory =
        new CommandOperatorFactory(world.options(), world.domain(), store, world.events(), threads);
    var made = OperatorInTask.of(factory, mailbox, output, place, world.onRocksDb());
    operator = made;
    if (from != null) {
      made.initializeState(from);
    } else {
      made.initializeEmptyState();
    }
    made.open();
  }

  private long newId() {
    return world.writers().made(ids.nextLong() | 1, attempt.machine().name());
  }

  private void step() throws Exception {
    while (!completed.isEmpty()) {
      var id = completed.remove();
      operator().notifyOfCompletedCheckpoint(id);
    }
    while (mailbox.tryYield()) {
      world.time().maybeYield();
    }
    attempt.fill();
    var element = input.poll();
    if (element instanceof Command command) {
      operator().processElement(new StreamRecord<>(command.record));
    } else if (element instanceof Barrier barrier) {
      snapshot(barrier);
    } else {
      mailbox.await();
    }
  }

  private void snapshot(Barrier barrier) throws Exception {
    var id = barrier.checkpoint.id();
    operator().prepareSnapshotPreBarrier(id);
    while (!output.isFlushed()) {
      world.time().sleep(MILLI);
      mailbox.requireWanted();
    }
    var state = operator().snapshot(id, id);
    attempt.acknowledge(barrier.checkpoint, this, state, barrier.overtaken);
  }

  private OperatorInTask operator() {
    var made = operator;
    if (made == null) {
      throw new IllegalStateException("not open");
    }
    return made;
  }

  private void close() {
    mailbox.close();
    var made = operator;
    try {
      if (made != null) {
        made.close();
      }
    } catch (Killed e) {
      throw e;
    } catch (Exception e) {
      world.note("closing " + attempt.machine().name() + ": " + e);
    }
  }

  private void abandon() {
    var made = operator;
    if (made != null) {
      try {
        made.abandon();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Whether Flink would not start the job again by itself. */
  static boolean isFinal(Throwable problem) {
    return ExceptionUtils.findThrowable(problem, LostRowsException.class).isPresent();
  }
}
