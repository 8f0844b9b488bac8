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
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.wire.blob.CausalityBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Takes a healthy log, breaks one rule, and looks for the one finding that names it. */
class VerifierTest {

  private static final AggregateKey KEY = new AggregateKey("Account", "a1");

  private final TestLog log = TestLog.healthy(40, 30);

  @Test
  void aHealthyLogIsClean() {
    var report = log.verify();

    assertThat(report.problems()).isEmpty();
    assertThat(report.clean()).isTrue();
    assertThat(report.store().rows()).isEqualTo(40 * 45);
    assertThat(report.store().commits()).isEqualTo(40 * 30);
    assertThat(report.store().rejected()).isEqualTo(40 * 15);
    assertThat(report.store().aggregates()).isEqualTo(40);
    assertThat(report.store().rowsByDatabase().keySet()).containsExactly("north", "south");
    assertThat(report.topic().rows()).isEqualTo(40 * 45);
  }

  @Test
  void anEmptyLogIsClean() {
    assertThat(new TestLog().verify().clean()).isTrue();
  }

  @Test
  void aMissingRowIsAGapInOffsetsAndVersionsAndNotInTheTopic() {
    var missing = log.middle();
    log.stored.remove(missing);

    var report = log.verify();

    assertThat(report.problemsByKind())
        .containsOnlyKeys(
            ProblemKind.OFFSET_GAP,
            ProblemKind.VERSION_GAP,
            ProblemKind.DOT_SEQUENCE,
            ProblemKind.TOPIC_DIFFERS);
    assertThat(messages(report))
        .anyMatch(
            message ->
                message.contains(
                    "shard " + missing.shard() + " has no rows from offset " + missing.offset()))
        .anyMatch(
            message ->
                message.contains("row " + missing.position() + ": is published, but not stored"));
  }

  @Test
  void aVersionThatIsThereTwiceIsAFork() {
    log.published.add(log.append(TestLog.commitOf(KEY, "fork", 30, 31)));

    assertOnly(ProblemKind.VERSION_FORK, "Account/a1 gets version 30 again");
  }

  @Test
  void aSkippedVersionIsNamed() {
    log.published.add(log.append(TestLog.commitOf(KEY, "late", 32, 31)));

    assertOnly(ProblemKind.VERSION_GAP, "from version 30 to 32");
  }

  @Test
  void aSkippedDotIsNamed() {
    log.published.add(log.append(TestLog.commitOf(KEY, "late", 31, 33)));

    assertOnly(ProblemKind.DOT_SEQUENCE, "gets dot eu:33 after eu:30");
  }

  @Test
  void aCommitThatStandsBeforeWhatItsDeciderHadSeenIsNamed() {
    var us = new RegionId("us");
    var own = TestLog.commitOf(KEY, "late", 31, 31);
    var context = VectorTime.ZERO.with(TestLog.REGION, 30).with(us, 1);
    var causality = new Causality(context, List.of(), VectorTime.ZERO, "");
    var blobs =
        new Blobs(
            CausalityBlob.encode(causality),
            Blobs.EMPTY,
            own.blobs().reply(),
            own.blobs().events());
    var effect =
        new Outcome(
            RowKind.COMMIT, KEY, 31, "late", "", new Dot(TestLog.REGION, 31), own.stamp(), blobs);
    log.published.add(log.append(effect));

    assertOnly(ProblemKind.EFFECT_BEFORE_CAUSE, "eu:31, whose decider had seen us:1, after us:0");
  }

  @Test
  void aSecondOutcomeOfACommandIsNamedWithTheFirst() {
    log.published.add(log.append(TestLog.rejectionOf(KEY, "c7")));

    assertOnly(ProblemKind.DUPLICATE_COMMAND, "command 'c7' of Account/a1 has an outcome at ");
  }

  @Test
  void theSameCommandIdForAnotherAggregateIsFine() {
    log.published.add(log.append(TestLog.rejectionOf(new AggregateKey("Order", "a1"), "c7")));

    assertThat(log.verify().clean()).isTrue();
  }

  @Test
  void aRowInAnotherShardThanItsKeysIsNamed() {
    var home = Shards.shardOf("Account/stray", TestLog.SHARDS);
    var stray = TestLog.rejectionOf(new AggregateKey("Account", "stray"), "s");
    log.published.add(log.append(stray, (home + 1) % TestLog.SHARDS));

    assertOnly(ProblemKind.WRONG_SHARD, "Account/stray belongs to shard " + home);
  }

  @Test
  void columnsThatContradictTheKindAreNamed() {
    var dotless = TestLog.commitOf(KEY, "x", 31, 31);
    log.published.add(
        log.append(
            new Outcome(RowKind.COMMIT, KEY, 31, "x", "", null, dotless.stamp(), dotless.blobs())));

    assertOnly(ProblemKind.ROW_RULE, "a commit row without a dot");
  }

  @Test
  void aRejectionWithADotIsNamed() {
    var rejection = TestLog.rejectionOf(KEY, "x");
    var dot = new Dot(TestLog.REGION, 31);
    log.published.add(
        log.append(
            new Outcome(
                RowKind.REJECTED, KEY, 0, "x", "", dot, rejection.stamp(), rejection.blobs())));

    assertThat(log.verify().problemsByKind()).containsKey(ProblemKind.ROW_RULE);
  }

  @Test
  void aBlobThatCanNotBeReadIsNamed() {
    var good = TestLog.commitOf(KEY, "x", 31, 31);
    var blobs =
        new Blobs(
            good.blobs().causality(), Blobs.EMPTY, good.blobs().reply(), new byte[] {99, 1, 2});
    log.published.add(
        log.append(new Outcome(RowKind.COMMIT, KEY, 31, "x", "", good.dot(), good.stamp(), blobs)));

    assertOnly(ProblemKind.ROW_RULE, "events");
  }

  /** The store had lost it; another region's commit came before it came back. */
  @Test
  void aCommitThatWasTakenBackBehindAnotherOneIsSound() {
    var rows = new ArrayList<String>();
    var before = TestLog.commitOf(KEY, "x", 31, 31);
    var taken =
        new Outcome(RowKind.COMMIT, KEY, 32, "x", "", before.dot(), before.stamp(), before.blobs());
    new RowRules(TestLog.REGION).check(taken.at(1, 9), rows::add);
    assertThat(rows).isEmpty();

    var early =
        new Outcome(RowKind.COMMIT, KEY, 30, "x", "", before.dot(), before.stamp(), before.blobs());
    new RowRules(TestLog.REGION).check(early.at(1, 9), rows::add);
    assertThat(rows).containsExactly("version 30 was answered as version 31");
  }

  @Test
  void aVersionThatWasAnsweredOtherwiseIsNamed() {
    var good = TestLog.commitOf(KEY, "x", 31, 31);
    var other = TestLog.commitOf(KEY, "x", 30, 31).blobs();
    log.published.add(
        log.append(new Outcome(RowKind.COMMIT, KEY, 31, "x", "", good.dot(), good.stamp(), other)));

    assertOnly(ProblemKind.ROW_RULE, "version 31 was answered as version 30");
  }

  @Test
  void aRowThatCanNotBeReadIsNamedAndTheRestIsChecked() {
    var bad = log.middle();
    var store = new RowsStore(TestLog.layout(), log.stored, Set.of(bad.position()));

    var report = new Verifier(store, null, false, VerificationProgress.NONE).run();

    assertThat(report.problemsByKind())
        .containsEntry(ProblemKind.UNREADABLE_ROW, 1L)
        .containsKey(ProblemKind.VERSION_GAP);
    assertThat(messages(report)).anyMatch(m -> m.startsWith("row " + bad.position() + ": "));
    assertThat(report.store().rows()).isEqualTo(log.stored.size() - 1L);
  }

  @Test
  void aPublishedRowWithOtherBytesIsNamedWithTheColumn() {
    var row = log.middle();
    var outcome = row.outcome();
    var later = new Stamp(outcome.stamp().writer(), outcome.stamp().hlc(), 2_000_000);
    log.replacePublished(row, with(outcome, later));

    assertOnly(
        ProblemKind.TOPIC_DIFFERS,
        "row "
            + row.position()
            + ": is published with another occurred at (stored 1000000, published 2000000)");
  }

  @Test
  void rowsThatTheTopicLacksInTheMiddleAreAGap() {
    var lost = log.middle();
    log.published.remove(lost);

    assertOnly(ProblemKind.TOPIC_GAP, "shard " + lost.shard() + " misses offsets " + lost.offset());
  }

  @Test
  void rowsThatTheTopicLacksAtTheEndAreALagThatMayBeAllowed() {
    var last = log.stored.get(log.stored.size() - 1);
    log.published.remove(last);

    assertOnly(ProblemKind.TOPIC_LAG, "1 stored rows are not");
    var allowed = log.verify(true);
    assertThat(allowed.clean()).isTrue();
    assertThat(allowed.topic().lag()).isEqualTo(1);
  }

  @Test
  void recordsThatCameAgainAreFine() {
    log.published.addAll(log.published.subList(0, 100));

    var report = log.verify();

    assertThat(report.clean()).isTrue();
    assertThat(report.topic().repeats()).isEqualTo(100);
  }

  @Test
  void aRecordThatCameAgainOtherwiseIsNamed() {
    var row = log.middle();
    var stamp = row.outcome().stamp();
    var later = new Stamp(stamp.writer(), stamp.hlc(), 2_000_000);
    log.published.add(with(row.outcome(), later).at(row.shard(), row.offset()));
    log.published.add(row);

    assertOnly(
        ProblemKind.TOPIC_DIFFERS,
        "row "
            + row.position()
            + ": came again with another occurred at (stored 1000000, published 2000000)");
  }

  @Test
  void rowsThatExpiredInTheTopicAreCountedAndTheRestIsCompared() {
    var shard = log.middle().shard();
    log.expired.put(shard, 3L);

    var report = log.verify();

    assertThat(report.problems()).isEmpty();
    assertThat(report.topic().expired()).isEqualTo(3);
    assertThat(report.topic().rows()).isEqualTo(40 * 45 - 3);

    var last = log.published.stream().filter(row -> row.shard() == shard).toList();
    var changed = last.get(last.size() - 1);
    var stamp = changed.outcome().stamp();
    log.replacePublished(
        changed, with(changed.outcome(), new Stamp(stamp.writer(), stamp.hlc(), 2_000_000)));
    assertOnly(ProblemKind.TOPIC_DIFFERS, "row " + changed.position());
  }

  @Test
  void ofAShardWhoseRecordsAllExpiredTheStoreSaysWhatWasPublished() {
    var shard = log.middle().shard();
    var rows = log.stored.stream().filter(row -> row.shard() == shard).count();
    log.expired.put(shard, rows);
    log.recordedAsPublished.put(shard, rows);

    var report = log.verify();

    assertThat(report.problems()).isEmpty();
    assertThat(report.topic().expired()).isEqualTo(rows);

    log.recordedAsPublished.put(shard, rows - 2);
    assertOnly(ProblemKind.TOPIC_LAG, "2 stored rows are not");
  }

  @Test
  void aRowThatIsPublishedButNotStoredIsNamed() {
    var lost = log.append(TestLog.commitOf(KEY, "x", 31, 31));
    log.stored.remove(lost);
    log.published.add(lost);

    assertOnly(
        ProblemKind.TOPIC_DIFFERS, "row " + lost.position() + ": is published, but not stored");
  }

  @Test
  void theTopicIsLeftOutIfTheStoreAloneIsAskedFor() {
    log.published.clear();

    var report = log.verifyStoreOnly();

    assertThat(report.clean()).isTrue();
    assertThat(report.topic()).isNull();
  }

  @Test
  void aShardThatMovedAwayIsNamed() {
    var fence =
        new Outcome(
            RowKind.MOVED,
            KEY,
            0,
            null,
            "",
            null,
            new Stamp(1, 1, 1),
            TestLog.rejectionOf(KEY, "m").blobs());
    log.append(fence);

    assertOnly(ProblemKind.SHARD_MOVED, "the shard left database ");
  }

  private void assertOnly(ProblemKind kind, String message) {
    var report = log.verify();

    assertThat(report.clean()).isFalse();
    assertThat(report.problemsByKind()).containsOnlyKeys(kind);
    assertThat(report.problemCount()).isEqualTo(1);
    assertThat(messages(report)).singleElement().asString().contains(message);
  }

  private static List<String> messages(VerificationReport report) {
    return report.problems().stream().map(Problem::message).toList();
  }

  private static Outcome with(Outcome outcome, Stamp stamp) {
    return new Outcome(
        outcome.kind(),
        outcome.aggregate(),
        outcome.version(),
        outcome.commandId(),
        outcome.slot(),
        outcome.dot(),
        stamp,
        outcome.blobs());
  }
}
