package dev.anabranch.jobs.region;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.Domain;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Texts to which every command appends itself: {@code Auto}, where the last writer wins, and {@code
 * Hand}, where a person resolves.
 */
public final class NotesDomain implements Domain {

  public static final AggregateType<?, String, ?> AUTO =
      type("Auto", ReplicationPolicy.automatic(Resolvers.lastWriterWins()));

  public static final AggregateType<?, String, ?> HAND =
      type("Hand", ReplicationPolicy.interactive());

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(AUTO, HAND);
  }

  private static AggregateType<?, String, ?> type(String name, ReplicationPolicy<String> policy) {
    return AggregateType.named(name, new Appending())
        .commands(new Text())
        .events(new Text())
        .state(new Text())
        .replication(policy)
        .build();
  }

  private static final class Appending implements Decider<String, String, String> {
    @Override
    public String initialState() {
      return "";
    }

    @Override
    public Decision<String> decide(String state, String command, DecisionContext context) {
      return Decision.accepted(command);
    }

    @Override
    public String evolve(String state, String event) {
      return state + event;
    }
  }

  private static final class Text implements MessageCodec<String> {
    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public EncodedMessage encode(String message) {
      return new EncodedMessage("text", 1, message.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String decode(EncodedMessage encoded) {
      if (!encoded.type().equals("text")) {
        throw new CodecException("no text: " + encoded.type());
      }
      return new String(encoded.data(), StandardCharsets.UTF_8);
    }
  }
}
