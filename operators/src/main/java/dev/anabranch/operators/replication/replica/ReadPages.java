package dev.anabranch.operators.replication.replica;

import static dev.anabranch.operators.replication.replica.ReplicaState.access;
import static dev.anabranch.operators.replication.replica.ReplicaState.run;

import dev.anabranch.model.LogRow;
import dev.anabranch.serde.LogRowSerializer;
import java.util.List;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;

/**
 * Pages of the history of an aggregate that is read from the own store, until all have come: on
 * disk, since they may be more than the heap takes. Of small aggregates there are none.
 *
 * <p><b>Recovery.</b> A checkpoint may have some pages; they are of no use, as the aggregate is
 * asked for again, and its first page takes their place.
 *
 * <p>Everything is of the aggregate that was entered last.
 */
public final class ReadPages {

  // State names are part of the savepoint format: never rename one, add "-v2" and migrate.
  static final String NAME = "read-pages-v1";

  private final MapState<Integer, List<LogRow>> pages;

  ReadPages(KeyedStateStore store) {
    pages =
        store.getMapState(
            new MapStateDescriptor<>(
                NAME, IntSerializer.INSTANCE, new ListSerializer<>(new LogRowSerializer())));
  }

  public void put(int number, List<LogRow> rows) {
    run(() -> pages.put(number, rows));
  }

  public List<LogRow> get(int number) {
    var rows = access(() -> pages.get(number));
    if (rows == null) {
      throw new IllegalStateException("page " + number + " of a history is missing");
    }
    return rows;
  }

  public void clear() {
    pages.clear();
  }
}
