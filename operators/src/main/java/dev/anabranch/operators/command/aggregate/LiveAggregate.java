package dev.anabranch.operators.command.aggregate;

import dev.anabranch.api.AggregateType;
import dev.anabranch.causality.CausalPast;
import dev.anabranch.causality.Dot;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.operators.command.waiting.Lookup;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.versions.MissingVersionException;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoded aggregate on the heap: what is committed, and the head that pending commands have been
 * decided on.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class LiveAggregate {

  public final AggregateKey key;
  public final String routingKey;

  /** The type; null if this job does not know it. */
  public final @Nullable AggregateType<Object, Object, Object> type;

  /** What other regions have; null: the type has a single home, so nobody asks. */
  @Nullable HeardRegions heard;

  /**
   * Where regions change aggregates of this type at once and a policy decides, or have changed this
   * one at once though the type has a single home; null elsewhere.
   */
  @Nullable public AggregateGraph graph;

  /** The gate; null until a commit of another region comes. */
  @Nullable public StoredGate gate;

  /** What the log says. */
  public Version committed;

  /** {@link #committed}, and all pending commands upon it. */
  public Version head;

  public CommandWindow window;

  /** Why the state can't be folded; null: it can. */
  @Nullable public String brokenReason;

  /** Whether this attempt has tried to fold a broken aggregate again. */
  public boolean rebuildTried;

  /** Commands that wait for a rebuild; null: none is under way. */
  @Nullable public ArrayDeque<Lookup> rebuildWaiters;

  /** Its place in the cache. */
  int slot;

  /**
   * Estimate of its state's size: as its codec wrote it last, and the events since then. What an
   * aggregate takes on the heap is more, by a factor that only its type knows.
   */
  private long bytes;

  private final Changes changes;

  /** Whether it was used again since it was loaded, or the cache last looked for one to evict. */
  boolean recentlyUsed;

  /** Whether it leaves the cache soon unless it is used again. */
  boolean isNewcomer;

  /** Decided commands without a known outcome, in order. */
  public final PendingCommands pending = new PendingCommands();

  public LiveAggregate(
      AggregateKey key,
      String routingKey,
      @Nullable AggregateType<Object, Object, Object> type,
      @Nullable HeardRegions heard,
      @Nullable AggregateGraph graph,
      Version committed,
      CommandWindow window,
      Changes changes) {
    this.key = key;
    this.routingKey = routingKey;
    this.type = type;
    this.heard = heard;
    this.graph = graph;
    this.committed = committed;
    this.head = committed;
    this.window = window;
    this.changes = changes;
  }

  /** The committed part has moved away from the keyed state. */
  public void markDirty() {
    changes.add(slot);
  }

  /** Estimate of the size of its state, encoded. */
  long bytes() {
    return bytes;
  }

  /** Events were folded; how large the state is now is known when it is encoded. */
  public void grew(long eventBytes) {
    bytes += eventBytes;
    changes.grew(eventBytes);
  }

  /** The state was encoded, or decoded. */
  void measured(long encodedBytes) {
    changes.grew(encodedBytes - bytes);
    bytes = encodedBytes;
  }

  /** The head moves on by a pending row; what application code throws parks the aggregate. */
  public void advanceHead(Decided.Row row) {
    if (graph == null || row.outcome().dot() == null) {
      head = row.after();
      return;
    }
    var after = row.after();
    Object state = null;
    try {
      graph.addToHead(row.outcome());
      state = graph.state();
    } catch (Throwable e) {
      // Another region's commit, or a resolver: the row is stored all the same.
      rebuildTried &= !(e instanceof MissingVersionException);
      brokenReason =
          "its versions can't be made one by this release: " + ApplicationCode.problem(e);
    }
    head = new Version(after.version(), after.past(), graph.live(), state);
  }

  /** The head falls back to what is durable. */
  public void resetHead() {
    head = committed;
    if (graph != null) {
      graph.dropHead();
    }
  }

  /** Call when pending ones have left: drops what was kept for their sake only. */
  public void nothingPending() {
    if (pending.isEmpty() && graph != null) {
      graph.dropHead();
      Folding.compact(this);
    }
  }

  boolean isPinned() {
    return !pending.isEmpty() || rebuildWaiters != null;
  }

  /**
   * One version of the aggregate.
   *
   * @param version 0: no commit yet
   * @param past what is applied
   * @param live the versions that the next commit extends; several: they are concurrent
   * @param state null only while the aggregate is broken or of an unknown type
   */
  public record Version(long version, CausalPast past, List<Dot> live, @Nullable Object state) {

    Version withState(Object newState) {
      return new Version(version, past, live, newState);
    }

    /** The state, of an aggregate that is not broken. */
    public Object foldedState() {
      if (state == null) {
        throw new IllegalStateException("an aggregate without state can't be decided on or folded");
      }
      return state;
    }
  }
}
