package dev.anabranch.cli.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.examples.bank.BankDomain;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.testkit.store.InMemoryEventStore;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads and folds the history of an account of the bank example, longer than a page. */
class AggregateFoldTest {

  private static final AggregateKey ACCOUNT = new AggregateKey("Account", "1");
  private static final int DEPOSITS = 1_200;
  private static final RegionId EU = new RegionId("eu");
  private static final RegionId US = new RegionId("us");

  private final InMemoryEventStore store = new InMemoryEventStore("eu", 8, 2, 2);

  @Test
  void foldsEveryPageAndUpcastsOldEvents() {
    deposit();

    var fold = fold(Long.MAX_VALUE);

    assertThat(fold.version()).isEqualTo(DEPOSITS + 1);
    assertThat(stateOf(fold)).contains("\"balance\":" + DEPOSITS).contains("\"owner\":\"Ann\"");
  }

  @Test
  void stopsAtTheVersionAskedFor() {
    deposit();

    var fold = fold(701);

    assertThat(fold.version()).isEqualTo(701);
    assertThat(fold.occurredAtMicros()).isEqualTo(701);
    assertThat(stateOf(fold)).contains("\"balance\":700");
  }

  @Test
  void anAggregateWithoutCommitsIsAtVersionZero() {
    assertThat(fold(Long.MAX_VALUE).version()).isZero();
  }

  @Test
  void anEventThatTheDomainDoesNotKnowIsNamedWithItsVersion() {
    append(List.of(commit(1, new EncodedMessage("Mystery", 1, "{}".getBytes(UTF_8)))));

    assertThatThrownBy(() -> fold(Long.MAX_VALUE))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("version 1 of Account/1 can't be folded")
        .hasMessageContaining("Mystery");
  }

  @Test
  void aForkOfASingleHomeIsFoldedOverItsVersionsAsInTheJobs() {
    append(
        List.of(
            at(EU, 1, 1, "", opened()),
            at(EU, 2, 2, "eu:1", deposited(1)),
            at(US, 1, 3, "eu:1", deposited(10))));

    var fold = fold(Long.MAX_VALUE);

    // The last writer's, until somebody chooses.
    assertThat(stateOf(fold)).contains("\"balance\":10");
    assertThat(fold.concurrent())
        .extracting(each -> each.dot() + " " + new String(each.state().data(), UTF_8))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("eu:2").contains("\"balance\":1,"),
            second -> assertThat(second).startsWith("us:1").contains("\"balance\":10,"));
  }

  @Test
  void aHomeThatMovesIsNoFork() {
    append(
        List.of(
            at(EU, 1, 1, "", opened()),
            at(US, 1, 2, "eu:1", deposited(10)),
            at(EU, 2, 3, "eu:1 us:1", deposited(1))));

    var fold = fold(Long.MAX_VALUE);

    assertThat(stateOf(fold)).contains("\"balance\":11");
    assertThat(fold.concurrent()).isEmpty();
  }

  private AggregateFold fold(long lastVersion) {
    var fold = new AggregateFold(BankDomain.ACCOUNT);
    try (var session = new CurrentSession(store)) {
      AggregateHistory.read(session.of(ACCOUNT), ACCOUNT, lastVersion, fold);
    }
    return fold;
  }

  private static String stateOf(AggregateFold fold) {
    return new String(fold.state().data(), UTF_8);
  }

  private void deposit() {
    var rows = new ArrayList<LogRow>();
    // The schema of old: the owner was called name.
    rows.add(
        commit(1, new EncodedMessage("AccountOpened", 1, "{\"name\":\"Ann\"}".getBytes(UTF_8))));
    for (var version = 2; version <= DEPOSITS + 1; version++) {
      rows.add(
          commit(
              version, new EncodedMessage("MoneyDeposited", 1, "{\"amount\":1}".getBytes(UTF_8))));
    }
    append(rows);
  }

  private void append(List<LogRow> rows) {
    try (var session = store.open(store.layout().databaseOf(Shards.shardOf(ACCOUNT, 8)))) {
      assertThat(session.append(rows)).isNotNull();
    }
  }

  private static EncodedMessage opened() {
    return new EncodedMessage("AccountOpened", 1, "{\"name\":\"Ann\"}".getBytes(UTF_8));
  }

  private static EncodedMessage deposited(int amount) {
    return new EncodedMessage("MoneyDeposited", 1, ("{\"amount\":" + amount + "}").getBytes(UTF_8));
  }

  /** A commit that had seen others, {@code region:n} with blanks between; it extends the last. */
  private static LogRow at(
      RegionId origin, long n, long version, String seen, EncodedMessage event) {
    var context = VectorTime.ZERO;
    var parents = List.<Dot>of();
    for (var each : seen.isEmpty() ? new String[0] : seen.split(" ")) {
      var at = Dot.parse(each);
      context = context.with(at.origin(), at.n());
      parents = List.of(at);
    }
    var causality = CausalityBlob.encode(new Causality(context, parents, VectorTime.ZERO, ""));
    var blobs = new Blobs(causality, Blobs.EMPTY, Blobs.EMPTY, EventsBlob.encode(List.of(event)));
    return new Outcome(
            RowKind.COMMIT,
            ACCOUNT,
            version,
            "c" + version,
            "",
            new Dot(origin, n),
            new Stamp(1, version, version),
            blobs)
        .at(Shards.shardOf(ACCOUNT, 8), version - 1);
  }

  private static LogRow commit(long version, EncodedMessage event) {
    var blobs = new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, EventsBlob.encode(List.of(event)));
    return new Outcome(
            RowKind.COMMIT,
            ACCOUNT,
            version,
            "c" + version,
            "",
            new Dot(new RegionId("eu"), version),
            new Stamp(1, version, version),
            blobs)
        .at(Shards.shardOf(ACCOUNT, 8), version - 1);
  }
}
