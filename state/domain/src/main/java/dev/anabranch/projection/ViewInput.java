package dev.anabranch.projection;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Handler of a type's views, with the type's own state codec and upcasters in front. */
record ViewInput<S>(AggregateType<S, ?, ?> type, ViewHandler<S> handler) {

  /** What makes the tables show this view: deletions of what it does not name, whole rows. */
  List<RowChange> changes(View<EncodedMessage> view, List<QueryTable> tables) {
    var id = view.aggregateId();
    var changes = new ArrayList<RowChange>();
    var ids = new HashSet<RowChange.RowId>();
    var shown = new HashSet<QueryTable>();
    for (var row : handler.rows(decoded(view))) {
      requirePlain(row, id, tables);
      if (!ids.add(row.id())) {
        throw new IllegalArgumentException("the view has two rows " + row);
      }
      shown.add(row.table());
      changes.add(row.complete());
    }
    for (var table : tables) {
      if (table.key().size() > 1 || !shown.contains(table)) {
        changes.add(RowChange.deletionUnder(table, id));
      }
    }
    return changes;
  }

  private static void requirePlain(RowChange row, String id, List<QueryTable> tables) {
    if (!tables.contains(row.table())) {
      throw Projection.notItsOwn(row.table());
    }
    if (row.isDelete() || !row.add().isEmpty()) {
      throw new IllegalArgumentException(
          "%s: rows of a view are only set; the runtime deletes those that it leaves out"
              .formatted(row));
    }
    if (!row.key().get(0).equals(id)) {
      throw new IllegalArgumentException(
          "%s: the key of a view's row begins with the aggregate's id, %s".formatted(row, id));
    }
  }

  private View<S> decoded(View<EncodedMessage> view) {
    var live = new ArrayList<View.Live<S>>();
    for (var version : view.live()) {
      live.add(new View.Live<>(version.dot(), version.decidedAt(), state(version.state())));
    }
    return new View<>(
        view.aggregateType(),
        view.aggregateId(),
        view.region(),
        view.revision(),
        view.changedAt(),
        state(view.state()),
        view.conflict(),
        live,
        view.problem());
  }

  private @Nullable S state(@Nullable EncodedMessage stored) {
    return stored == null ? null : type.decodeState(stored);
  }
}
