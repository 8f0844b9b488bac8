package dev.anabranch.cli.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.cli.log.CurrentSession;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.testkit.store.InMemoryEventStore;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The history of a note that two regions have changed at once is folded over the graph of its
 * versions, as the command job does: by the resolver that each commit names.
 *
 * <p>States show how they came about: {@code (base:one|other),event}.
 */
class ConcurrentReplayTest {

  private static final RegionId EU = new RegionId("eu");
  private static final RegionId US = new RegionId("us");
  private static final AggregateKey NOTE = new AggregateKey("Note", "1");
  private static final int SHARD = Shards.shardOf(NOTE, 8);

  private static final String JOIN_1 = "\"join-1\", \"|\"";
  private static final String JOIN_2 = "\"join-2\", \"&\"";
  private static final String JOIN_1_CHANGED = "\"join-1\", \"/\"";

  @TempDir private Path directory;

  private final InMemoryEventStore store = new InMemoryEventStore("eu", 8, 1, 1);
  private long version;
  private long offset;

  @Test
  void concurrentCommitsAreNotFoldedOneAfterTheOther() throws Exception {
    forkAndJoin();

    try (var release = release("one", JOIN_1)) {
      var fold = release.fold("Note").orElseThrow();
      rows().forEach(fold::commit);

      assertThat(fold.hasGraph()).isTrue();
      assertThat(fold.states()).hasSize(1);
      assertThat(fold.states().get(0).text()).isEqualTo("(,x:,x,a|,x,b),z");
    }
  }

  @Test
  void openVersionsAreStatesToo() throws Exception {
    fork();

    try (var release = release("one", JOIN_1)) {
      var fold = release.fold("Note").orElseThrow();
      rows().forEach(fold::commit);

      assertThat(fold.states())
          .extracting(Release.State::which)
          .containsExactly("", dot(EU, 2).toString(), dot(US, 1).toString());
      assertThat(fold.states())
          .extracting(Release.State::text)
          .containsExactly("(,x:,x,a|,x,b)", ",x,a", ",x,b");
    }
  }

  @Test
  void aReleaseWithANewResolverThatKeepsTheFormerOneFoldsTheSame() throws Exception {
    forkAndJoin();

    assertThat(check("two", JOIN_2, JOIN_1).problems()).isEmpty();
  }

  @Test
  void aReleaseWithoutTheFormerResolverIsRefused() throws Exception {
    forkAndJoin();

    var report = check("without", JOIN_2);

    assertThat(report.problemCount()).isOne();
    assertThat(report.problems().get(0))
        .startsWith("Note/1: version 4 can't be folded")
        .contains("resolver join-1", "not registered");
  }

  @Test
  void aResolverThatAnswersDifferentlyUnderItsOldIdIsNoticed() throws Exception {
    forkAndJoin();

    var report = check("changed", JOIN_1_CHANGED);

    assertThat(report.problems().get(0))
        .contains("becomes (,x:,x,a|,x,b),z", "the history folds to (,x:,x,a/,x,b),z");
  }

  @Test
  void anotherResolverOfWhatIsOpenIsNamedAsTheReason() throws Exception {
    fork();

    var report = check("two", JOIN_2, JOIN_1);

    assertThat(report.problems().get(0))
        .contains("of its 2 branches the old release makes (,x:,x,a|,x,b)")
        .contains("the new one (,x:,x,a&,x,b): the resolver is another one");
  }

  @Test
  void aVersionMayBeBuiltOnACommitThatAFilterWithheld() throws Exception {
    append(RowKind.COMMIT, EU, 1, "x", List.of(), time(0, 0), "");
    append(RowKind.TOMBSTONE, US, 1, "", List.of(dot(EU, 1)), time(1, 0), "");
    append(RowKind.COMMIT, US, 2, "c", List.of(dot(US, 1)), time(1, 1), "");

    try (var release = release("one", JOIN_1)) {
      var all = new ReplayCheck(store, release, null, commits -> {}).all();
      assertThat(all.problems()).isEmpty();
      assertThat(all.commits()).isEqualTo(3);
      var fold = release.fold("Note").orElseThrow();
      rows().forEach(fold::commit);
      assertThat(fold.states().get(0).text()).isEqualTo(",x,c");
    }
  }

  private void fork() {
    append(RowKind.COMMIT, EU, 1, "x", List.of(), time(0, 0), "");
    append(RowKind.COMMIT, EU, 2, "a", List.of(dot(EU, 1)), time(1, 0), "");
    append(RowKind.COMMIT, US, 1, "b", List.of(dot(EU, 1)), time(1, 0), "");
  }

  private void forkAndJoin() {
    fork();
    append(RowKind.COMMIT, EU, 3, "z", List.of(dot(EU, 2), dot(US, 1)), time(2, 1), DomainJar.JOIN);
  }

  /** Of the whole log, and of a sample that has the one aggregate: they must say the same. */
  private ReplayReport check(String name, String... resolvers) throws Exception {
    try (var next = release(name, resolvers);
        var old = release("old-of-" + name, JOIN_1)) {
      var all = new ReplayCheck(store, next, old, commits -> {}).all();
      var sample = new ReplayCheck(store, next, old, commits -> {}).sample(100, 1);
      assertThat(sample.problems()).isEqualTo(all.problems());
      assertThat(sample.commits()).isEqualTo(all.commits()).isPositive();
      return all;
    }
  }

  private Release release(String name, String... resolvers) throws Exception {
    return Release.load(List.of(DomainJar.of(directory, name, DomainJar.automatic(resolvers))));
  }

  private List<Outcome> rows() {
    try (var sessions = new CurrentSession(store)) {
      return sessions.of(NOTE).commits(NOTE).stream().map(row -> row.outcome()).toList();
    }
  }

  private void append(
      RowKind kind,
      RegionId origin,
      long n,
      String event,
      List<Dot> parents,
      VectorTime context,
      String resolverId) {
    var events =
        kind == RowKind.TOMBSTONE
            ? Blobs.EMPTY
            : EventsBlob.encode(List.of(new EncodedMessage("event", 1, event.getBytes(UTF_8))));
    var causality = new Causality(context, parents, VectorTime.ZERO, resolverId);
    var outcome =
        new Outcome(
            kind,
            NOTE,
            kind.hasVersion() ? ++version : Outcome.NO_VERSION,
            kind.hasVersion() ? origin.value() + n : null,
            "",
            dot(origin, n),
            new Stamp(1, (offset + 1) << 16, offset),
            new Blobs(CausalityBlob.encode(causality), Blobs.EMPTY, Blobs.EMPTY, events));
    try (var session = store.open(store.layout().databaseOf(SHARD))) {
      assertThat(session.append(List.of(outcome.at(SHARD, offset++)))).isNotNull();
    }
  }

  private static Dot dot(RegionId origin, long n) {
    return new Dot(origin, n);
  }

  private static VectorTime time(long eu, long us) {
    var time = VectorTime.ZERO;
    time = eu == 0 ? time : time.with(EU, eu);
    return us == 0 ? time : time.with(US, us);
  }
}
