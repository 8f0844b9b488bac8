package dev.anabranch.causality;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where in the aggregate's history an event stands: what replicated data types need to apply it. A
 * context is equal in every region, whenever the event is folded.
 *
 * <p><b>Threads.</b> Immutable.
 */
public final class EventContext {

  private final Commit commit;
  private final EventId id;

  private EventContext(Commit commit, EventId id) {
    this.commit = commit;
    this.id = id;
  }

  /**
   * The first event of a commit; {@link #event} gives the others.
   *
   * @param context per origin, how many of the aggregate's commits the decider had applied
   * @param hlc the commit's hybrid logical time
   */
  public static EventContext of(Dot commit, VectorTime context, long hlc) {
    return of(commit, () -> context, hlc);
  }

  /**
   * The first event of a stored commit whose context is decoded only if someone asks for it.
   *
   * @param context pure; what it throws is thrown by {@link #context}
   */
  public static EventContext of(Dot commit, Supplier<VectorTime> context, long hlc) {
    return new EventContext(new Commit(context, hlc), new EventId(commit, 0, 0));
  }

  /**
   * Another event of the same commit.
   *
   * @param index of the stored event in its commit, from 0
   * @param part which of the events that upcasters made of it, from 0
   */
  public EventContext event(int index, int part) {
    return index == id.index() && part == id.part()
        ? this
        : new EventContext(commit, new EventId(id.commit(), index, part));
  }

  /** Identity of the event. */
  public EventId id() {
    return id;
  }

  /** Identity of the event's commit. */
  public Dot dot() {
    return id.commit();
  }

  /** Per origin, how many of the aggregate's commits the decider had applied. */
  public VectorTime context() {
    return commit.context();
  }

  /** The commit's hybrid logical time: later than those of all commits that it depends on. */
  public long hlc() {
    return commit.hlc;
  }

  /**
   * Whether the event comes after the other one, or is it: the decider had applied the other's
   * commit, or both are of one commit, and the other is not behind this one.
   */
  public boolean covers(EventId other) {
    return other.commit().equals(id.commit())
        ? other.compareTo(id) <= 0
        : other.commit().n() <= context().get(other.origin());
  }

  @Override
  public String toString() {
    return id + " after " + context() + " at " + hlc();
  }

  /** What the events of one commit share. */
  private static final class Commit {
    private final Supplier<VectorTime> source;
    private final long hlc;
    // A race decodes twice, to equal values.
    private @Nullable VectorTime context;

    Commit(Supplier<VectorTime> source, long hlc) {
      this.source = source;
      this.hlc = hlc;
    }

    VectorTime context() {
      var known = context;
      if (known == null) {
        known = source.get();
        context = known;
      }
      return known;
    }
  }
}
