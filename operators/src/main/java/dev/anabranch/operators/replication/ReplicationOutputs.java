package dev.anabranch.operators.replication;

import dev.anabranch.model.AggregateView;
import dev.anabranch.model.ConflictRecord;
import dev.anabranch.model.DeadLetter;
import dev.anabranch.model.PublishedRow;

/** Where the results of merging go. */
interface ReplicationOutputs {

  /** A remote commit that the region may apply now. */
  void inbound(PublishedRow commit);

  void view(AggregateView view);

  void conflict(ConflictRecord conflict);

  void deadLetter(DeadLetter letter);
}
