package dev.anabranch.projection;

import java.util.List;

/**
 * What an event changes in the tables of a projection.
 *
 * <p><b>Purity.</b> A pure function of its arguments: it runs again for the same event when the
 * tables are rebuilt, and after a failure.
 *
 * <p><b>Failure.</b> An exception parks the event, and all later ones of its aggregate behind it,
 * until somebody has them tried again or discarded; other aggregates go on.
 *
 * <p><b>Threads.</b> One instance serves several threads at once: keep no mutable fields.
 *
 * @param <E> supertype of the events
 */
@FunctionalInterface
public interface EventHandler<E> {

  /** Changes in the order in which they are to be made; none if the event is of no interest. */
  List<RowChange> changes(E event, ProjectionContext context);
}
