package dev.anabranch.operators.command.decide;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.ResolveConflict;
import dev.anabranch.causality.Dot;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.operators.command.aggregate.LiveAggregate;
import dev.anabranch.versions.Resolution;
import dev.anabranch.wire.blob.ResolutionBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Decides the command that settles a conflict, for every type that has conflicts. */
final class Resolutions {

  /** What became of the command. */
  sealed interface Decided {}

  /**
   * The choice stands, unless it clashes with one of another region.
   *
   * @param parents what the commit extends: the winner, if it merges
   * @param events of the row
   */
  record Accepted(List<Dot> parents, List<EncodedMessage> events) implements Decided {}

  record Refused(ReplyBody why) implements Decided {}

  private Resolutions() {}

  /**
   * @throws dev.anabranch.api.CodecException if a merge event can't be read by the type
   */
  static Decided decide(
      AggregateType<Object, Object, Object> type,
      LiveAggregate aggregate,
      ResolveConflict command) {
    var graph = aggregate.graph();
    var live = aggregate.head().live();
    if (graph == null) {
      return refused(
          "type " + type.name() + " never has conflicts: there is nothing to resolve", live);
    }
    if (!live.contains(command.winner())) {
      return refused(
          "the winner " + command.winner() + " is no live branch; live are " + live, live);
    }
    for (var rejected : command.rejected()) {
      if (!live.contains(rejected)) {
        return refused("the rejected " + rejected + " is no live branch; live are " + live, live);
      }
    }
    var merge = merged(type, graph.state(command.winner()), command.merge());
    var resolution =
        new Resolution(
            command.winner(),
            command.rejected(),
            !merge.isEmpty(),
            command.who(),
            command.reason());
    var parents = merge.isEmpty() ? List.<Dot>of() : List.of(command.winner());
    return new Accepted(parents, ResolutionBlob.toEvents(resolution, merge));
  }

  /**
   * The events as the type's own codec writes them; folds them, so that none is stored that can't
   * be.
   */
  private static List<EncodedMessage> merged(
      AggregateType<Object, Object, Object> type, Object winner, List<EncodedMessage> merge) {
    var encoded = new ArrayList<EncodedMessage>(merge.size());
    for (var message : merge) {
      for (var event : type.decodeEvent(message)) {
        encoded.add(type.eventCodec().encode(event));
      }
    }
    return encoded;
  }

  private static Refused refused(String message, List<Dot> live) {
    return new Refused(
        ReplyBody.reason(ErrorCodes.STALE_RESOLUTION, message, Map.of("live", live.toString())));
  }
}
