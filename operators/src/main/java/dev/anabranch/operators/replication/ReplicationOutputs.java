package dev.anabranch.operators.replication;

import dev.anabranch.model.AggregateView;
import dev.anabranch.model.ConflictRecord;
import dev.anabranch.model.DeadLetter;
import dev.anabranch.model.PublishedRow;
import dev.anabranch.model.RepublishRequest;

/** Where the results of merging go. */
interface ReplicationOutputs {

  /** A remote commit that the region may apply now. */
  void inbound(PublishedRow commit);

  void view(AggregateView view);

  void conflict(ConflictRecord conflict);

  /** The regions that read from this one are to publish again what it misses. */
  void request(RepublishRequest request);

  void deadLetter(DeadLetter letter);
}
