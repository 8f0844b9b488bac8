package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.ResolveConflict;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.codec.ResolveConflictJson;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ResolutionBlob;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two regions that give each other what they have committed. */
class RemoteCommitsTest {

  private static final List<String> REGIONS = List.of("a", "b");

  private RegionHarness a;
  private RegionHarness b;

  @BeforeEach
  void start() throws Exception {
    a = new RegionHarness("a", REGIONS);
    b = new RegionHarness("b", REGIONS);
  }

  @AfterEach
  void stop() throws Exception {
    a.close();
    b.close();
  }

  @Test
  void aRemoteCommitEntersTheLogUnderItsDotAndIsPublished() throws Exception {
    a.handle("Auto/1", "c1", "add x");
    b.receiveAll(a);

    var row = b.store().allRows().get(0).outcome();
    var original = a.store().allRows().get(0).outcome();
    assertThat(row.dot()).isEqualTo(original.dot()).isEqualTo(new Dot(new RegionId("a"), 1));
    assertThat(row.commandId()).isEqualTo("c1");
    assertThat(row.stamp().hlc()).isEqualTo(original.stamp().hlc());
    assertThat(row.blobs().events()).isEqualTo(original.blobs().events());
    assertThat(b.operator().rows()).hasSize(1);
    assertThat(b.operator().replies()).isEmpty();
    assertThat(b.read("Auto/1", "r1")).isEqualTo(",x");
  }

  @Test
  void whatComesTwiceOrComesBackIsAppliedOnce() throws Exception {
    a.handle("Set/1", "c1", "add x");
    b.receiveAll(a);
    b.receiveAll(a);
    a.receiveAll(b);

    assertThat(a.commits()).hasSize(1);
    assertThat(b.commits()).hasSize(1);
  }

  @Test
  void whatComesTooEarlyIsHeldUntilItsCausesAreThere() throws Exception {
    a.handle("Auto/1", "c1", "add x");
    a.handle("Auto/1", "c2", "add y");
    a.handle("Auto/1", "c3", "add z");
    var rows = a.commits();
    b.receive(rows.get(2), "a");
    b.receive(rows.get(1), "a");
    b.operator().settle();
    assertThat(b.commits()).isEmpty();
    b.operator().checkpoint();
    b.operator().crash();

    b.receive(rows.get(0), "a");
    b.operator().settle();

    assertThat(b.read("Auto/1", "r1")).isEqualTo(",x,y,z");
  }

  /** A link that heals brings a long backlog: commands do not wait for its end. */
  @Test
  void commitsOfAnotherRegionLeaveHalfOfALaneToCommands() throws Exception {
    try (var few = halfFull(10, 1 << 24)) {
      assertThat(few.operator().pending()).isEqualTo(5);
    }
    try (var large = halfFull(200, 8 << 10)) {
      assertThat(large.operator().pending()).isLessThan(40);
    }
  }

  /** Its database is away, and all the commits have come that may wait for it. */
  private RegionHarness halfFull(int maxPending, long maxBytes) throws Exception {
    var lane = new Batching(1, 5, 1 << 12, maxPending, maxBytes);
    var region = new RegionHarness("b", REGIONS, "a", lane, Duration.ofMillis(50));
    region.handle("Set/1", "c0", "add x");
    region.store().databaseOf("Set/1").setDown(true);
    var other = new RegionHarness("a", REGIONS);
    for (var i = 0; region.operator().hasRoomForRemote("Set/1"); i++) {
      other.handle("Set/1", "c" + i, "add x");
      region.receive(other.commits().get(i), "a");
    }
    other.close();
    assertThat(region.operator().hasRoom("Set/1")).isTrue();
    return region;
  }

  @Test
  void aRepeatOfACommandThatAnotherRegionAcceptedHasItsOutcome() throws Exception {
    var original = a.handle("Auto/1", "c1", "add x");
    b.receiveAll(a);

    var repeat = b.handle("Auto/1", "c1", "add x");

    assertThat(repeat.status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(repeat.repeated()).isTrue();
    assertThat(repeat.backing().revision()).isEqualTo(original.backing().revision());
    assertThat(b.commits()).hasSize(1);
  }

  @Test
  void concurrentCommitsAreResolvedAlikeEverywhere() throws Exception {
    a.handle("Auto/1", "c0", "add base");
    b.receiveAll(a);
    a.handle("Auto/1", "c1", "add x");
    b.handle("Auto/1", "c2", "add y");
    exchange();

    var resolved = a.read("Auto/1", "r1");
    assertThat(b.read("Auto/1", "r2")).isEqualTo(resolved).startsWith("(,base:").contains("|");

    a.handle("Auto/1", "c3", "add z");
    exchange();
    assertThat(a.read("Auto/1", "r3"))
        .as("a commit on the resolved state ends the conflict")
        .isEqualTo(resolved + ",z");
    assertThat(b.read("Auto/1", "r4")).isEqualTo(resolved + ",z");
  }

  @Test
  void replicatedTypesNeverConflict() throws Exception {
    a.handle("Set/1", "c1", "add x");
    exchange();
    a.handle("Set/1", "c2", "remove x");
    b.handle("Set/1", "c3", "add x");
    b.handle("Set/1", "c4", "add y");
    exchange();

    assertThat(a.read("Set/1", "r1")).isEqualTo("[x, y]");
    assertThat(b.read("Set/1", "r2")).isEqualTo("[x, y]");
  }

  @Test
  void replicatedTypesForgetWhatEveryRegionHas() throws Exception {
    a.handle("Set/1", "c1", "add x");
    a.operator().checkpoint();
    assertThat(a.operator().storedState("Set/1")).isEqualTo("{\"tags\":[[\"x\",\"a:1\"]]}");

    b.receiveAll(a);
    b.handle("Set/1", "c2", "add y");
    exchange();
    a.operator().checkpoint();
    assertThat(a.operator().storedState("Set/1"))
        .as("b had seen x when it added y")
        .isEqualTo("{\"tags\":[[\"x\"],[\"y\"]]}");

    a.operator().crash();
    a.operator().settle();
    a.handle("Set/1", "c3", "remove x");
    exchange();
    assertThat(a.read("Set/1", "r1")).isEqualTo("[y]");
    assertThat(b.read("Set/1", "r2")).isEqualTo("[y]");
  }

  @Test
  void anInteractiveConflictWaitsForSomebodyAndThenGoesOnEverywhere() throws Exception {
    a.handle("Hand/1", "c1", "add x");
    b.handle("Hand/1", "c2", "add y");
    exchange();
    var refused = a.handle("Hand/1", "c3", "add z");
    assertThat(refused.status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(refused.body().code()).isEqualTo(ErrorCodes.OPEN_CONFLICT);
    assertThat(refused.body().details().get("live")).contains("a:1", "b:1");

    var resolved = resolve(b, "Hand/1", "s1", "a:1", "b:1");
    assertThat(resolved.status()).isEqualTo(ReplyStatus.ACCEPTED);
    exchange();

    assertThat(a.handle("Hand/1", "c4", "add z").status()).isEqualTo(ReplyStatus.ACCEPTED);
    exchange();
    assertThat(a.read("Hand/1", "r1")).isEqualTo(",x,z");
    assertThat(b.read("Hand/1", "r2")).isEqualTo(",x,z");
    for (var region : List.of(a, b)) {
      var row =
          region.commits().stream()
              .filter(each -> each.outcome().kind() == RowKind.RESOLUTION)
              .findFirst()
              .orElseThrow();
      var events = EventsBlob.decode(row.outcome().blobs().events());
      var chosen = ResolutionBlob.fromEvents(events);
      assertThat(chosen.who()).isEqualTo("test");
      assertThat(chosen.why()).isEqualTo("told to");
    }
  }

  @Test
  void aCommandMayBuildOnOneOfTheVersionsOfAnOpenConflict() throws Exception {
    a.handle("Hand/1", "c1", "add x");
    b.handle("Hand/1", "c2", "add y");
    exchange();

    b.operator().send(b.operator().commandOn("Hand/1", "c3", "add z", dot("a:1")));
    b.operator().settle();
    assertThat(b.operator().lastReply().status()).isEqualTo(ReplyStatus.ACCEPTED);
    b.operator().send(b.operator().commandOn("Hand/1", "c4", "add w", dot("a:1")));
    b.operator().settle();
    assertThat(b.operator().lastReply().status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(b.operator().lastReply().body().code()).isEqualTo(ErrorCodes.STALE_VERSION);
    exchange();

    b.operator().checkpoint();
    b.operator().crash();
    for (var region : List.of(a, b)) {
      var refused = region.handle("Hand/1", "r" + region.name(), "read");
      assertThat(refused.body().code()).isEqualTo(ErrorCodes.OPEN_CONFLICT);
      assertThat(refused.body().details()).isEqualTo(Map.of("live", "[b:1, b:2]"));
    }
    assertThat(resolve(a, "Hand/1", "c5", "b:2", "b:1").status()).isEqualTo(ReplyStatus.ACCEPTED);
    exchange();
    assertThat(a.read("Hand/1", "r1")).isEqualTo(",x,z");
    assertThat(b.read("Hand/1", "r2")).isEqualTo(",x,z");

    b.operator().send(b.operator().commandOn("Set/1", "c6", "add z", dot("a:1")));
    b.operator().settle();
    assertThat(b.operator().lastReply().body().code()).isEqualTo(ErrorCodes.NO_VERSIONS);
  }

  @Test
  void concurrentResolutionsSettleAlike() throws Exception {
    a.handle("Hand/1", "c1", "add x");
    b.handle("Hand/1", "c2", "add y");
    exchange();
    resolve(a, "Hand/1", "s1", "a:1", "b:1");
    resolve(b, "Hand/1", "s2", "b:1", "a:1");
    exchange();

    var state = a.read("Hand/1", "r1");
    assertThat(state).isIn(",x", ",y");
    assertThat(b.read("Hand/1", "r2")).isEqualTo(state);
  }

  @Test
  void aResolverThatFailsParksItsAggregateOnly() throws Exception {
    a.handle("Odd/1", "c1", "add x");
    b.handle("Odd/1", "c2", "add y");
    exchange();
    a.operator().checkpoint();
    a.operator().crash();
    a.operator().settle();

    var parked = a.handle("Odd/1", "c3", "add z");
    assertThat(parked.status()).isEqualTo(ReplyStatus.ERROR);
    assertThat(parked.body().code()).isEqualTo(ErrorCodes.BROKEN);
    assertThat(parked.body().message()).contains("told to fail");
    assertThat(a.handle("Auto/1", "c1", "add x").status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(a.commits()).as("stored all the same").hasSize(3);
  }

  @Test
  void aResolutionThatNamesWhatIsNotLiveIsRejected() throws Exception {
    a.handle("Hand/1", "c1", "add x");
    var reply = resolve(a, "Hand/1", "s1", "b:9", "a:1");
    assertThat(reply.status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(reply.body().code()).isEqualTo(ErrorCodes.STALE_RESOLUTION);
  }

  @Test
  void oneCommandAcceptedInTwoRegionsCountsOnce() throws Exception {
    a.handle("Auto/1", "c1", "add x");
    b.handle("Auto/1", "c1", "add x");
    exchange();

    assertThat(a.read("Auto/1", "r1")).isEqualTo(",x");
    assertThat(b.read("Auto/1", "r2")).isEqualTo(",x");
    assertThat(a.commits()).hasSize(2);

    b.operator().checkpoint();
    b.operator().crash();
    var again = List.of(a.handle("Auto/1", "c1", "add x"), b.handle("Auto/1", "c1", "add x"));
    assertThat(again).allMatch(CommandReply::repeated);
    assertThat(again).extracting(CommandReply::superseded).containsExactlyInAnyOrder(true, false);
    assertThat(again.get(0).backing().revision()).isEqualTo(again.get(1).backing().revision());
  }

  @Test
  void aCommandRejectedHereAndAcceptedThereCounts() throws Exception {
    a.handle("Hand/1", "c1", "add x");
    b.handle("Hand/1", "c2", "add y");
    b.receiveAll(a);
    assertThat(b.handle("Hand/1", "c3", "add z").status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(a.handle("Hand/1", "c3", "add z").status()).isEqualTo(ReplyStatus.ACCEPTED);
    exchange();

    assertThat(b.store().allRows())
        .filteredOn(row -> "c3".equals(row.outcome().commandId()))
        .extracting(row -> row.outcome().slot())
        .containsExactly("", "a");
    var again = b.handle("Hand/1", "c3", "add z");
    assertThat(again.status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(again.repeated()).isTrue();
    assertThat(again.superseded()).isTrue();
    assertThat(a.handle("Hand/1", "c3", "add z").superseded()).isFalse();
  }

  @Test
  void commandsForAnAggregateThatLivesElsewhereAreSentThere() throws Exception {
    var reply = b.handle("Home/1", "c1", "add x");
    assertThat(reply.status()).isEqualTo(ReplyStatus.ERROR);
    assertThat(reply.body().code()).isEqualTo(ErrorCodes.NOT_HOME);
    assertThat(reply.body().details()).isEqualTo(Map.of("home", "a"));
    assertThat(b.store().allRows()).isEmpty();

    a.handle("Home/1", "c1", "add x");
    b.receiveAll(a);
    assertThat(b.commits()).hasSize(1);
  }

  @Test
  void sharedTypesTakeARevisionInsteadOfAVersion() throws Exception {
    var first = a.handle("Auto/1", "c1", "add x");
    b.receiveAll(a);

    b.operator().send(b.operator().command("Auto/1", "c2", "add y", 1L));
    b.operator().settle();
    assertThat(b.operator().lastReply().body().code()).isEqualTo(ErrorCodes.PLAIN_VERSION);

    var revision = VectorTime.fromToken(first.backing().revision());
    b.operator().send(b.operator().command("Auto/1", "c3", "add y", revision));
    b.operator().settle();
    assertThat(b.operator().lastReply().status()).isEqualTo(ReplyStatus.ACCEPTED);
    b.operator().send(b.operator().command("Auto/1", "c4", "add z", revision));
    b.operator().settle();
    assertThat(b.operator().lastReply().body().code()).isEqualTo(ErrorCodes.VERSION_CONFLICT);
  }

  @Test
  void restartsFromACheckpointAndFromNothingChangeNoAnswer() throws Exception {
    a.handle("Auto/1", "c1", "add x");
    b.handle("Auto/1", "c2", "add y");
    a.handle("Set/1", "c1", "add x");
    exchange();
    b.operator().checkpoint();
    a.handle("Auto/1", "c3", "add z");
    exchange();
    var expected = a.read("Auto/1", "r1");

    b.operator().crash();
    b.operator().settle();
    assertThat(b.read("Auto/1", "r2")).isEqualTo(expected);

    b.operator().restartFromNothing();
    b.operator().settle();
    assertThat(b.read("Auto/1", "r3")).isEqualTo(expected);
    assertThat(b.read("Set/1", "r4")).isEqualTo("[x]");
  }

  @Test
  void aRecordThatIsNoCommitBecomesADeadLetter() throws Exception {
    b.operator()
        .sendRemote(b.operator().command("Auto/1", "c1", "add x", CommandEnvelope.ANY_VERSION));
    b.operator().settle();
    assertThat(b.operator().deadLetters())
        .extracting(letter -> letter.code())
        .containsExactly(ErrorCodes.MALFORMED_COMMIT);
    assertThat(b.store().allRows()).isEmpty();
  }

  private void exchange() throws Exception {
    b.receiveAll(a);
    a.receiveAll(b);
  }

  private static CommandReply resolve(
      RegionHarness region, String aggregate, String commandId, String winner, String rejected)
      throws Exception {
    var command =
        new ResolveConflict(dot(winner), List.of(dot(rejected)), List.of(), "told to", "test");
    var envelope =
        new CommandEnvelope(
            AggregateKey.parse(aggregate),
            commandId,
            ResolveConflictJson.encode(command),
            CommandEnvelope.ANY_VERSION,
            Map.of(),
            ReplyTarget.DEFAULT);
    var operator = region.operator();
    operator.send(
        operator.record(
            aggregate, CommandWire.encode(envelope, ResolveConflictJson.CONTENT_TYPE, "/test")));
    operator.settle();
    return operator.lastReply();
  }

  private static Dot dot(String text) {
    var colon = text.indexOf(':');
    return new Dot(
        new RegionId(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
  }

  @Test
  void anOldRepeatAndItsTwinFromAnotherRegionInOneInsertHarmNothing() throws Exception {
    a.handle("Auto/1", "c1", "add x");
    for (var i = 0; i < 5; i++) {
      a.handle("Auto/1", "m" + i, "add y"); // c1 leaves the window of four
    }
    b.handle("Auto/1", "c1", "add x");
    var twin = b.commits().get(0);

    a.operator().send(inTheSameDatabase("Auto/1"), "busy", "add z"); // the lane is busy
    a.operator().send("Auto/1", "c1", "add x"); // pending in slot ''
    a.receive(twin, "b"); // pending in slot 'b', as c1 is pending
    a.operator().settle();

    assertThat(a.commits()).hasSize(8);
  }

  @Test
  void aRepeatThatComesWhileTheTwinIsInFlightGetsTheSameAnswerAsBeforeAndAfter() throws Exception {
    var original = a.handle("Auto/1", "c1", "add x");
    b.handle("Auto/1", "c1", "add x");

    a.receive(b.commits().get(0), "b"); // in flight
    a.operator().send("Auto/1", "c1", "add x");
    a.operator().settle();
    var meanwhile = a.operator().lastReply();

    var after = a.handle("Auto/1", "c1", "add x");
    assertThat(after.backing().position()).isEqualTo(original.backing().position());
    assertThat(meanwhile.backing().position()).isEqualTo(after.backing().position());
  }

  private String inTheSameDatabase(String aggregate) {
    for (var i = 2; ; i++) {
      if (a.store().databaseOf("Auto/" + i) == a.store().databaseOf(aggregate)) {
        return "Auto/" + i;
      }
    }
  }
}
