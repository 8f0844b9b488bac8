package dev.anabranch.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.wire.blob.CausalityBlob;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Commits of another region, with and without their payload, in a log that is otherwise healthy.
 */
class TombstoneTest {

  private static final AggregateKey KEY = new AggregateKey("Account", "a1");
  private static final RegionId OTHER = new RegionId("us");

  private final TestLog log = TestLog.healthy(4, 3);

  @Test
  void commitsOfAnotherRegionCountForThemselves() {
    replicated(1);
    replicated(2);

    assertThat(log.verify().clean()).isTrue();
    assertThat(log.verify().store().others()).isEqualTo(2);
  }

  @Test
  void aMissingOneIsNamed() {
    replicated(1);
    replicated(3);

    var problem = log.verify().problems().get(0);
    assertThat(problem.kind()).isEqualTo(ProblemKind.DOT_SEQUENCE);
    assertThat(problem.message()).contains("gets dot us:3 after us:1");
  }

  @Test
  void aTombstoneThatComesAgainIsNamed() {
    replicated(1);
    replicated(1);

    assertThat(log.verify().problemsByKind()).containsOnlyKeys(ProblemKind.DOT_SEQUENCE);
  }

  @Test
  void thePayloadMayComeAfterTheTombstone() {
    replicated(1);
    replicated(2);
    payload(1);

    assertThat(log.verify().clean()).isTrue();
  }

  @Test
  void aPayloadWithoutTombstoneThatComesAgainIsNamed() {
    replicated(1);
    payload(1);
    payload(1);

    assertThat(log.verify().problemsByKind())
        .containsOnlyKeys(ProblemKind.DOT_SEQUENCE, ProblemKind.VERSION_FORK);
  }

  private void payload(long n) {
    var commit = TestLog.commitOf(KEY, null, 4, n);
    log.published.add(
        log.append(
            new Outcome(
                RowKind.COMMIT,
                KEY,
                4,
                null,
                "",
                new Dot(OTHER, n),
                commit.stamp(),
                commit.blobs())));
  }

  private void replicated(long n) {
    var context = n == 1 ? VectorTime.ZERO : VectorTime.ZERO.with(OTHER, n - 1);
    var causality =
        CausalityBlob.encode(new Causality(context, List.of(), VectorTime.ZERO.with(OTHER, 5), ""));
    log.published.add(
        log.append(
            new Outcome(
                RowKind.TOMBSTONE,
                KEY,
                Outcome.NO_VERSION,
                null,
                "",
                new Dot(OTHER, n),
                new Stamp(9, 9, 9),
                new Blobs(causality, Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY))));
  }
}
