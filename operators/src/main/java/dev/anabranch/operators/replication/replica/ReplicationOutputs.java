package dev.anabranch.operators.replication.replica;

import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.RepublishRequest;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.ConflictRecord;

/** Where the results of merging go. */
public interface ReplicationOutputs {

  /** A remote commit that the region may apply now. */
  void inbound(PublishedRow commit);

  void view(AggregateView view);

  void conflict(ConflictRecord conflict);

  /** The regions that read from this one are to publish again what it misses. */
  void request(RepublishRequest request);

  void deadLetter(DeadLetter letter);
}
