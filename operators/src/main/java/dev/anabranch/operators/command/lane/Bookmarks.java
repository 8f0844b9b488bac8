package dev.anabranch.operators.command.lane;

import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.PublishedLog;
import dev.anabranch.store.StoreLayout;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Notes, in the lanes' databases, how far the events topic has come: rows of a shard that were
 * published before are in the shard's database, and no start has to read them again to know it.
 *
 * <p>Asked first, written later, by a lane that has compared its rows since its connection was
 * opened: so what is written is true of the database that it is written into.
 *
 * <p><b>Bounds.</b> One question and one request per lane at a time.
 *
 * <p><b>Threads.</b> The task's thread; a thread of its own asks the topic.
 */
public final class Bookmarks implements AutoCloseable {

  /** So much is soon read; an idle region writes nothing. */
  static final long RECORDS_APART = 1_000;

  private final PublishedLog.Session topic;
  private final StoreLayout layout;
  private final Lanes lanes;
  private final TaskMailbox mailbox;
  private final Map<Integer, LogBookmark> recorded = new HashMap<>();
  private final Set<Lane> busy = new HashSet<>();
  private final Worker<Set<Integer>> asking;
  private boolean started;
  private boolean asked;

  public Bookmarks(
      PublishedLog.Session topic,
      StoreLayout layout,
      Lanes lanes,
      TaskMailbox mailbox,
      TaskThreads threads) {
    this.topic = topic;
    this.layout = layout;
    this.lanes = lanes;
    this.mailbox = mailbox;
    this.asking =
        new Worker<>(
            "anabranch-bookmarks", threads, mailbox, new Worker.Settings(1, Worker.IDLE_PING));
  }

  /** A checkpoint was completed. */
  public void due() {
    if (asked) {
      return;
    }
    var partitions = new TreeSet<Integer>();
    for (var lane : lanes.all()) {
      lanes.shardsOf(lane).forEach(shard -> partitions.add(layout.partitionOf(shard)));
    }
    asked = true;
    asking.submit(partitions);
    if (!started) {
      started = true;
      asking.start(this::ask);
    }
  }

  private void ask(Set<Integer> partitions) {
    var ends = topic.ends(partitions);
    mailbox.post("end of the events topic", () -> found(ends));
  }

  private void found(Map<Integer, LogBookmark> ends) {
    asked = false;
    for (var lane : lanes.all()) {
      if (!lane.isReady() || busy.contains(lane)) {
        continue;
      }
      var due = new HashMap<Integer, LogBookmark>();
      for (var shard : lanes.shardsOf(lane)) {
        var end = ends.get(layout.partitionOf(shard));
        if (end != null && isFar(recorded.get(shard), end)) {
          due.put(shard, end);
        }
      }
      if (!due.isEmpty()) {
        busy.add(lane);
        recorded.putAll(due);
        lane.worker().submit(new LaneRequest.Bookmark(due, () -> busy.remove(lane)));
      }
    }
  }

  private static boolean isFar(
      @org.jspecify.annotations.Nullable LogBookmark last, LogBookmark end) {
    return last == null
        || !last.topicId().equals(end.topicId())
        || end.position() - last.position() >= RECORDS_APART
        || end.position() < last.position();
  }

  @Override
  public void close() {
    asking.abandon();
  }
}
