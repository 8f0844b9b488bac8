package dev.anabranch.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventId;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Arrival;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.versions.Resolution;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ResolutionBlob;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommitTest {

  private static final RegionId EU = new RegionId("eu");
  private static final RegionId US = new RegionId("us");
  private static final Dot DOT = new Dot(EU, 2);
  private static final Dot PARENT = new Dot(US, 4);
  private static final VectorTime CONTEXT = VectorTime.of(Map.of(EU, 1L, US, 4L));
  private static final Causality CAUSALITY =
      new Causality(CONTEXT, List.of(PARENT), VectorTime.ZERO.with(EU, 77), "join");

  private static Outcome row(RowKind kind, @Nullable Dot dot, byte[] causality, byte[] events) {
    return new Outcome(
        kind,
        new AggregateKey("T", "1"),
        kind.hasVersion() ? 3 : Outcome.NO_VERSION,
        "c",
        "",
        dot,
        new Stamp(1, 77, 5),
        new Blobs(causality, Blobs.EMPTY, Blobs.EMPTY, events));
  }

  private static Outcome row() {
    return row(RowKind.COMMIT, DOT, CausalityBlob.encode(CAUSALITY), Blobs.EMPTY);
  }

  @Test
  void gateGraphAndFoldSeeTheSameCommit() {
    var commit = Commit.of(row());

    assertThat(commit.causality()).isEqualTo(CAUSALITY);
    assertThat(commit.arrival()).isEqualTo(new Arrival(DOT, 77, CONTEXT, false));
    assertThat(commit.node().dot()).isEqualTo(DOT);
    assertThat(commit.node().context()).isEqualTo(CONTEXT);
    assertThat(commit.node().parents()).containsExactly(PARENT);
    assertThat(commit.node().resolverId()).isEqualTo("join");
    assertThat(commit.node().commandId()).isEqualTo("c");
    assertThat(commit.node()).as("made once").isSameAs(commit.node());
    assertThat(commit.eventContext().id()).isEqualTo(new EventId(DOT, 0, 0));
    assertThat(commit.eventContext().context()).isEqualTo(CONTEXT);
    assertThat(commit.eventContext().hlc()).isEqualTo(77);
  }

  @Test
  void aTombstoneSaysSoToGateAndGraph() {
    var tombstone =
        Commit.of(row(RowKind.TOMBSTONE, DOT, CausalityBlob.encode(CAUSALITY), Blobs.EMPTY));

    assertThat(tombstone.isTombstone()).isTrue();
    assertThat(tombstone.arrival().tombstone()).isTrue();
    assertThat(tombstone.node().isHollow()).isTrue();
  }

  @Test
  void anAdoptedCommitIsTheSameInAnotherLog() {
    var commit = Commit.of(row());
    var node = commit.node();

    var adopted = commit.adopted(9, "eu", 1234);

    assertThat(adopted.outcome().version()).isEqualTo(9);
    assertThat(adopted.outcome().slot()).isEqualTo("eu");
    assertThat(adopted.outcome().stamp()).isEqualTo(new Stamp(1234, 77, 5));
    assertThat(adopted.outcome().blobs()).isSameAs(commit.outcome().blobs());
    assertThat(adopted.dot()).isEqualTo(DOT);
    assertThat(adopted.node()).as("not read again").isSameAs(node);
    assertThat(adopted.inSlot("us").outcome().slot()).isEqualTo("us");
    assertThat(adopted.inSlot("us").outcome().version()).isEqualTo(9);
  }

  @Test
  void oneThatWasDecidedIsAsItWouldBeRead() {
    var decided = Commit.decided(row(), CAUSALITY);

    assertThat(decided.node()).isEqualTo(Commit.of(row()).node());
    assertThat(decided.arrival()).isEqualTo(Commit.of(row()).arrival());
  }

  @Test
  void aRowWithoutADotIsNoCommit() {
    var unchanged = row(RowKind.UNCHANGED, null, Blobs.EMPTY, Blobs.EMPTY);

    assertThatThrownBy(() -> Commit.of(unchanged))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("UNCHANGED row has no dot");
    assertThatThrownBy(() -> Commit.decided(unchanged, Causality.NONE))
        .isInstanceOf(WireFormatException.class);
    assertThatThrownBy(unchanged::commitDot).hasMessageContaining("is no commit");
  }

  @Test
  void damagedCausalityIsRefused() {
    var damaged = row(RowKind.COMMIT, DOT, new byte[] {99}, Blobs.EMPTY);

    assertThatThrownBy(() -> Commit.of(damaged))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("causality");
  }

  @Test
  void aContradictionIsNamedWhenTheGraphAsks() {
    var itself = new Causality(VectorTime.of(Map.of(EU, 2L)), List.of(), VectorTime.ZERO, "");
    var contradicting = row(RowKind.COMMIT, DOT, CausalityBlob.encode(itself), Blobs.EMPTY);

    assertThatThrownBy(Commit.of(contradicting)::node)
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("commit eu:2 has itself in its context");
  }

  @Test
  void aResolutionIsReadFromItsFirstEvent() {
    var resolution = new Resolution(PARENT, List.of(new Dot(EU, 1)), false, "ann", "seen");
    var causality = new Causality(CONTEXT, List.of(), VectorTime.ZERO, "");
    var events = EventsBlob.encode(ResolutionBlob.toEvents(resolution, List.of()));
    var blob = CausalityBlob.encode(causality);

    assertThat(Commit.of(row(RowKind.RESOLUTION, DOT, blob, events)).node().resolution())
        .isEqualTo(resolution);
    var other = EventsBlob.encode(List.of(new EncodedMessage("Other", 1, new byte[0])));
    assertThatThrownBy(Commit.of(row(RowKind.RESOLUTION, DOT, blob, other))::node)
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("$resolution");
  }
}
