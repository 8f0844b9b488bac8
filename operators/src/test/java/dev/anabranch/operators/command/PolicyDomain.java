package dev.anabranch.operators.command;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Domain;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import dev.anabranch.testkit.sample.SharedDomain;
import java.io.Serializable;
import java.util.List;

/** Texts to which events append, type Note, under one policy of three. */
record PolicyDomain(Policy policy) implements Domain, Serializable {

  enum Policy {
    HOME,
    AUTOMATIC,
    BY_HAND;

    ReplicationPolicy<String> policy() {
      return switch (this) {
        case HOME -> ReplicationPolicy.singleHome();
        case AUTOMATIC -> ReplicationPolicy.automatic(Resolvers.<String>lastWriterWins());
        case BY_HAND -> ReplicationPolicy.interactive();
      };
    }
  }

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(SharedDomain.text("Note", policy.policy()));
  }
}
