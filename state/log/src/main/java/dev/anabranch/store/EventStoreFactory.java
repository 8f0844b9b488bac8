package dev.anabranch.store;

import java.io.Serializable;

/** Opens the store where a task runs; travels with the job graph. */
public interface EventStoreFactory extends Serializable {

  /**
   * Connects to every database that can be reached and checks the layout.
   *
   * <p>A database that is down is not an error here: its part of the layout comes from
   * configuration and is checked when {@link EventStore#open} reaches it. At least one must be
   * reachable.
   *
   * @throws StoreLayoutException if a reachable database contradicts the configuration
   * @throws StoreUnavailableException if none is reachable
   */
  EventStore open();
}
