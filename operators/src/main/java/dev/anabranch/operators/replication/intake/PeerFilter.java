package dev.anabranch.operators.replication.intake;

import java.io.Serializable;
import java.util.List;

/**
 * What one connection takes; travels with the job graph.
 *
 * @param types aggregate types; empty: all
 * @param idPattern regular expression that the whole id must match; empty: any
 * @param filter name of a {@link dev.anabranch.api.ReplicationFilter}; empty: none
 */
public record PeerFilter(List<String> types, String idPattern, String filter)
    implements Serializable {

  /** Takes everything. */
  public static final PeerFilter NONE = new PeerFilter(List.of(), "", "");

  public PeerFilter {
    types = List.copyOf(types);
  }
}
