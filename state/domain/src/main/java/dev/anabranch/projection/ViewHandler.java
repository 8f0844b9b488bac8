package dev.anabranch.projection;

import java.util.List;

/**
 * The rows that show an aggregate.
 *
 * <p><b>Replacement.</b> They take the place of all rows that an earlier view of the aggregate has
 * made: one that is not among them is deleted, a column that is not set has what a fresh row has.
 * So views may be left out, and what the last one says is what readers see.
 *
 * <p><b>Purity.</b> A pure function of its argument: it runs again for the same view when the
 * tables are rebuilt, and after a failure.
 *
 * <p><b>Failure.</b> An exception leaves the aggregate's rows as they are and the view among the
 * dead letters, until somebody has it tried again or discarded, or the aggregate's next view comes;
 * other aggregates go on.
 *
 * <p><b>Threads.</b> One instance serves several threads at once: keep no mutable fields.
 *
 * @param <S> the aggregate's state
 */
@FunctionalInterface
public interface ViewHandler<S> {

  /**
   * The aggregate's rows, each made with {@code TABLE.row(aggregateId, ...).set(...)}; none if it
   * is not to be shown.
   */
  List<RowChange> rows(View<S> view);
}
