package dev.anabranch.simulation.store;

import dev.anabranch.model.LogRow;
import dev.anabranch.simulation.time.Scheduler;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoreUnavailableException;
import dev.anabranch.testkit.store.InMemoryEventStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One database: the test kit's in-memory one, the statements that it has done in their order, and
 * what is wrong with it now.
 *
 * <p><b>Threads.</b> Those of the simulation, one at a time.
 */
public final class SimulatedDatabase {

  private static final long MILLI = 1_000_000;

  private final String name;
  private final SimulatedStore.Backing kind;
  private final Scheduler time;
  private final SplittableRandom random;
  private final List<Consumer<LogSession>> statements = new ArrayList<>();
  private final List<Stray> strays = new ArrayList<>();
  private final Queue<Fault> faults = new ArrayDeque<>();

  private InMemoryEventStore store;
  private LogSession server;
  private @Nullable Runnable during;
  private int generation;
  private long downUntil;
  private long readOnlyUntil;

  /** What becomes of one append. */
  public enum Fault {
    /** The connection is lost, and the server has nothing. */
    LOSE_BEFORE,
    /** The rows are durable, and the connection is lost before the answer. */
    LOSE_AFTER,
    /**
     * The connection is lost, and the server does the insert later, unless its thread is killed.
     */
    STRAY,
    /** It takes long: a deadlock, a lock. */
    SLOW
  }

  /** An insert whose client has gone. */
  private record Stray(SimulatedSession from, List<LogRow> rows) {}

  SimulatedDatabase(
      String name, SimulatedStore.Backing kind, Scheduler time, SplittableRandom random) {
    this.name = name;
    this.kind = kind;
    this.time = time;
    this.random = random;
    this.store = newStore();
    this.server = store.open(0);
  }

  // -- What may happen to it.

  /** The next append has this fault. */
  public void failNextAppend(Fault fault) {
    faults.add(fault);
  }

  /** Something happens while the next append is on its way. */
  public void atNextAppend(Runnable action) {
    during = action;
  }

  /** It serves nobody for a while; sessions are lost. */
  public void down(long nanos) {
    generation++;
    downUntil = Math.max(downUntil, time.nanos() + nanos);
  }

  /** It takes nothing for a while, and can be read. */
  public void readOnly(long nanos) {
    readOnlyUntil = Math.max(readOnlyUntil, time.nanos() + nanos);
  }

  /** A replica that lacks the last statements takes its place; sessions are lost. */
  public void failOver(int lacking) {
    generation++;
    strays.clear();
    var keep = Math.max(0, statements.size() - lacking);
    statements.subList(keep, statements.size()).clear();
    store = newStore();
    server = store.open(0);
    statements.forEach(statement -> statement.accept(server));
  }

  public void heal() {
    faults.clear();
    during = null;
    downUntil = 0;
    readOnlyUntil = 0;
  }

  public boolean isUp() {
    return time.nanos() >= downUntil;
  }

  /** Every row, by shard and offset. */
  public List<LogRow> rows() {
    return store.database(0).allRows();
  }

  public boolean hasParkedCommands() {
    return server.hasParkedCommands();
  }

  // -- Sessions.

  LogSession open() {
    delay();
    requireUp();
    return new SimulatedSession(this, generation);
  }

  LogSession reopen(SimulatedSession lost) {
    delay();
    requireUp();
    end(lost);
    return new SimulatedSession(this, generation);
  }

  /** The lost session's thread is killed: its insert is done now, or never. */
  private void end(SimulatedSession lost) {
    for (Iterator<Stray> all = strays.iterator(); all.hasNext(); ) {
      var stray = all.next();
      if (stray.from == lost) {
        all.remove();
        if (random.nextBoolean()) {
          var unused = insert(stray.rows);
        }
      }
    }
  }

  boolean isOf(int sessionGeneration) {
    return sessionGeneration == generation && isUp();
  }

  LogSession server() {
    return server;
  }

  void write(Consumer<LogSession> statement) {
    if (time.nanos() < readOnlyUntil) {
      throw new StoreUnavailableException("database " + name + " is read-only", null);
    }
    statement.accept(server);
    statements.add(statement);
  }

  AppendResult append(SimulatedSession session, List<LogRow> rows) {
    var fault = faults.poll();
    var action = during;
    during = null;
    try {
      if (action != null) {
        action.run();
      }
      delay();
    } finally {
      if (time.machine().isDead() && session.isOpen() && random.nextBoolean()) {
        // It was on its way when its sender died.
        stray(session, rows);
      }
    }
    if (!session.isOpen() || fault == Fault.LOSE_BEFORE) {
      return lost(session);
    }
    if (fault == Fault.STRAY) {
      stray(session, rows);
      return lost(session);
    }
    if (time.nanos() < readOnlyUntil) {
      return new AppendResult.Unavailable(
          new StoreUnavailableException("database " + name + " is read-only", null));
    }
    if (fault == Fault.SLOW) {
      time.sleep((1_000 + random.nextInt(6_000)) * MILLI);
      if (!session.isOpen()) {
        return lost(session);
      }
    }
    var result = insert(rows);
    delay();
    return fault == Fault.LOSE_AFTER || !session.isOpen() ? lost(session) : result;
  }

  private static AppendResult lost(SimulatedSession session) {
    session.lose();
    return new AppendResult.Unknown(null);
  }

  private void stray(SimulatedSession session, List<LogRow> rows) {
    var stray = new Stray(session, rows);
    strays.add(stray);
    time.after(
        random.nextInt(10_000) * MILLI,
        () -> {
          if (strays.remove(stray)) {
            var unused = insert(rows);
          }
        });
  }

  private AppendResult insert(List<LogRow> rows) {
    var result = server.append(rows);
    if (result instanceof AppendResult.Appended) {
      statements.add(
          session -> {
            var unused = session.append(rows);
          });
    }
    return result;
  }

  /** Half of a round trip: mostly a millisecond, seldom much more. */
  void delay() {
    var micros = random.nextInt(100) == 0 ? random.nextInt(500_000) : random.nextInt(2_000);
    time.sleep(micros * 1_000L);
  }

  void requireUp() {
    if (!isUp()) {
      throw new StoreUnavailableException("database " + name + " is down", null);
    }
  }

  String name() {
    return name;
  }

  private InMemoryEventStore newStore() {
    return new InMemoryEventStore(kind.region(), kind.shards(), kind.partitions(), 1);
  }
}
