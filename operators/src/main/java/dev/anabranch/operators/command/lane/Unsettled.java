package dev.anabranch.operators.command.lane;

import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.operators.command.aggregate.Decided;
import dev.anabranch.operators.command.waiting.Incoming;
import dev.anabranch.operators.command.waiting.Requesters;
import dev.anabranch.operators.command.waiting.Taken;
import dev.anabranch.wire.CommandWire;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer without a row, on its way: the store is asked for a row of the command, then for the
 * mark that keeps the record from being executed later; only then the answer is given.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class Unsettled {

  public final int shard;

  /** Who asked; null: the record is no command that could be decided. */
  public final @Nullable Requesters requesters;

  public final Decided.Unbacked answer;
  private final @Nullable Malformed malformed;

  /** Whether the store has no row of the command. */
  public boolean isReady;

  /** Whether its mark is being recorded. */
  public boolean isMarking;

  public Unsettled(Requesters requesters, Incoming first, Decided.Unbacked answer) {
    this.shard = first.shard();
    this.requesters = requesters;
    this.answer = answer;
    this.malformed = null;
  }

  public Unsettled(Malformed malformed, int shard, Decided.Unbacked answer) {
    this.shard = shard;
    this.requesters = null;
    this.answer = answer;
    this.malformed = malformed;
    this.isReady = true;
  }

  public Malformed malformed() {
    var it = malformed;
    if (it == null) {
      throw new IllegalStateException("a well-formed command");
    }
    return it;
  }

  void addTo(List<Taken> all) {
    if (requesters == null) {
      all.add(new Taken(malformed().record(), malformed().number()));
    } else {
      requesters.all().forEach(in -> all.add(Taken.of(in)));
    }
  }

  /**
   * A record that can't be read as a command.
   *
   * @param number its place among all that the lane has taken in
   */
  public record Malformed(CommandRecord record, long number, CommandWire.Malformed why) {}
}
