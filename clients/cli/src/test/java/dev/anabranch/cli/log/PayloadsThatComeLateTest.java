package dev.anabranch.cli.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.ReplicatedDecider;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.replicated.OrSet;
import dev.anabranch.testkit.sample.TextCodec;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A filter had withheld a commit of replicated data types, whose effects came before it. */
class PayloadsThatComeLateTest {

  private static final AggregateType<Tags, String, String> TAGS =
      AggregateType.named("Tags", new Tagging())
          .commands(new TextCodec("text"))
          .events(new TextCodec("text"))
          .state(JsonCodec.single("Tags", 1, Tags.class))
          .replication(ReplicationPolicy.replicatedTypes())
          .build();

  @Test
  void theyAreFoldedBeforeTheirEffectsAsInTheJobs() {
    var added = row(1, "eu:1", "", "+x");
    var removed = row(2, "us:1", "eu:1", "-x");

    var inOrder = fold(added, removed);
    var late = fold(removed, added);

    assertThat(inOrder).doesNotContain("\"x\"");
    assertThat(late).isEqualTo(inOrder);
  }

  private static String fold(LogRow... rows) {
    var fold = new AggregateFold(TAGS);
    List.of(rows).forEach(fold);
    return new String(fold.state().data(), UTF_8);
  }

  private static LogRow row(long hlc, String dot, String seen, String event) {
    var context = VectorTime.ZERO;
    if (!seen.isEmpty()) {
      var before = Dot.parse(seen);
      context = context.with(before.origin(), before.n());
    }
    var causality = CausalityBlob.encode(new Causality(context, List.of(), VectorTime.ZERO, ""));
    var events = EventsBlob.encode(List.of(new TextCodec("text").encode(event)));
    return new Outcome(
            RowKind.COMMIT,
            new AggregateKey("Tags", "1"),
            hlc,
            "c" + hlc,
            "",
            Dot.parse(dot),
            new Stamp(1, hlc, hlc),
            new Blobs(causality, Blobs.EMPTY, Blobs.EMPTY, events))
        .at(0, hlc);
  }

  /** State of the type. */
  public record Tags(OrSet<String> tags) {}

  private static final class Tagging implements ReplicatedDecider<Tags, String, String> {
    @Override
    public Tags initialState() {
      return new Tags(OrSet.empty());
    }

    @Override
    public Decision<String> decide(Tags state, String command, DecisionContext context) {
      return Decision.accepted(command);
    }

    @Override
    public Tags evolve(Tags state, String event, EventContext at) {
      var tag = event.substring(1);
      return new Tags(
          event.startsWith("+") ? state.tags().add(tag, at) : state.tags().remove(tag, at));
    }
  }
}
