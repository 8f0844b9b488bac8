package dev.anabranch.playground.traffic;

import dev.anabranch.model.message.CommandReply;
import dev.anabranch.store.StoreLayout;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * For each database, when the newest command was sent that it answered: by this one sees that a
 * region works again after a crash.
 *
 * <p><b>Threads.</b> Safe for use by many.
 */
public final class ReplyTimes {

  private final StoreLayout layout;
  private final AtomicLongArray newestSent;
  private final LongAdder[] replies;

  public ReplyTimes(StoreLayout layout) {
    this.layout = layout;
    var databases = layout.databases().size();
    this.newestSent = new AtomicLongArray(databases);
    this.replies = new LongAdder[databases];
    for (var i = 0; i < databases; i++) {
      newestSent.set(i, Long.MIN_VALUE);
      replies[i] = new LongAdder();
    }
  }

  void replied(CommandReply reply, long sentNanos) {
    var backing = reply.backing();
    if (backing != null) {
      var database = layout.databaseOf(backing.position().shard());
      newestSent.accumulateAndGet(database, sentNanos, Math::max);
      replies[database].increment();
    }
  }

  /** Whether the database has answered a command that was sent after this time. */
  boolean hasAnsweredSince(String database, long nanos) {
    var newest = newestSent.get(layout.databases().indexOf(database));
    return newest != Long.MIN_VALUE && newest - nanos > 0;
  }

  public boolean haveAllAnsweredSince(long nanos) {
    return layout.databases().stream().allMatch(name -> hasAnsweredSince(name, nanos));
  }

  public long replies(String database) {
    return replies[layout.databases().indexOf(database)].sum();
  }
}
