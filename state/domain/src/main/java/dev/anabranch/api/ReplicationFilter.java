package dev.anabranch.api;

import java.util.List;
import java.util.Map;

/**
 * Says which commits of another region a region takes; named by a connection's configuration and
 * found by the service loader.
 *
 * <p><b>Purity.</b> The same answer for the same commit whenever it is asked: no clock, nothing
 * remembered. What it throws counts as accepted, and is reported.
 *
 * <p><b>Tombstones.</b> What is left out of an aggregate that may be changed in several regions is
 * replaced by a tombstone, which keeps the order of what remains. Of an aggregate with a single
 * home everything is taken or nothing: it is asked for the aggregate only.
 *
 * <p><b>Threads.</b> One instance per task.
 */
public interface ReplicationFilter {

  /** The name in the configuration. */
  String name();

  /** Whether to take anything of this aggregate. */
  default boolean acceptsAggregate(String type, String id) {
    return true;
  }

  /** Whether to take this commit of an aggregate that is accepted. */
  default boolean acceptsCommit(
      String type, String id, Map<String, String> metadata, List<EncodedMessage> events) {
    return true;
  }
}
