package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.lane.TestStore;
import dev.anabranch.testkit.store.InMemoryDatabase.Fault;
import dev.anabranch.wire.blob.EventsBlob;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Random command sequences with crashes, checkpoints and lost connections anywhere, against what a
 * plain reader of the store sees. jqwik prints the seed of a failing sequence and shrinks it.
 */
class CommandHistoryTest {

  private static final List<String> VERBS =
      List.of(
          "add x", "random", "coin", "nothing", "reject", "reject-if-empty y", "twice z", "throw");

  /** The strictest schedule: a snapshot, and a restore from it, after every single command. */
  @Property(tries = 15)
  void restoringAfterEveryRecordChangesNothing(@ForAll("commands") List<Step> steps)
      throws Exception {
    run(
        steps,
        (operator, store) -> {
          operator.checkpoint();
          operator.crash();
        });
  }

  /** Crashes and faults where the sequence says so; what was not checkpointed is replayed. */
  @Property(tries = 40)
  void faultsAnywhereChangeNothing(@ForAll("schedules") List<Step> steps) throws Exception {
    run(steps, (operator, store) -> {});
  }

  @Provide
  Arbitrary<List<Step>> commands() {
    return sends().list().ofMinSize(1).ofMaxSize(15);
  }

  @Provide
  Arbitrary<List<Step>> schedules() {
    var others =
        Arbitraries.of(
            new Step(Action.CRASH, 0, 0, ""),
            new Step(Action.CHECKPOINT, 0, 0, ""),
            new Step(Action.SETTLE, 0, 0, ""),
            new Step(Action.LOSE_BEFORE, 0, 0, ""),
            new Step(Action.LOSE_AFTER, 0, 0, ""),
            new Step(Action.START_FROM_NOTHING, 0, 0, ""));
    return Arbitraries.frequencyOf(Tuple.of(4, sends()), Tuple.of(1, others))
        .list()
        .ofMinSize(5)
        .ofMaxSize(60);
  }

  /** Few aggregates and few command ids: repeats and contention are the point. */
  private static Arbitrary<Step> sends() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 25),
            Arbitraries.of(VERBS))
        .as((aggregate, command, verb) -> new Step(Action.SEND, aggregate, command, verb));
  }

  private static void run(List<Step> steps, Between between) throws Exception {
    try (var store = new TestStore();
        var operator = new OperatorHarness(store.factory())) {
      for (var step : steps) {
        perform(step, operator, store);
        between.run(operator, store);
      }
      operator.settle();
      check(operator, store);
    }
  }

  private static void perform(Step step, OperatorHarness operator, TestStore store)
      throws Exception {
    switch (step.action) {
      case SEND -> operator.send("Tally/" + step.aggregate, "c" + step.command, step.verb);
      case CRASH -> operator.crash();
      case CHECKPOINT -> operator.checkpoint();
      case SETTLE -> operator.settle();
      case LOSE_BEFORE -> store.database(0).failNextAppends(Fault.LOSE_BEFORE);
      case LOSE_AFTER -> store.database(1).failNextAppends(Fault.LOSE_AFTER);
      case START_FROM_NOTHING -> {
        operator.settle();
        operator.restartFromNothing();
      }
    }
  }

  private static void check(OperatorHarness operator, TestStore store) throws Exception {
    store.assertSound();
    publishedEqualsStored(operator, store);
    answersOfOneCommandAgree(operator, store);
    stateIsTheFoldOfTheStore(operator, store);
  }

  /** A reader that takes offset last+1 only, drops lower ones and holds none back at the end. */
  private static void publishedEqualsStored(OperatorHarness operator, TestStore store) {
    var published = new TreeMap<String, Object>();
    for (var row : operator.rows()) {
      published.put(row.position().toString(), row.outcome().stamp());
    }
    var stored = new TreeMap<String, Object>();
    for (var row : store.allRows()) {
      stored.put(row.position().toString(), row.outcome().stamp());
    }
    assertThat(published).isEqualTo(stored);
  }

  private static void answersOfOneCommandAgree(OperatorHarness operator, TestStore store) {
    var rowOf = new HashMap<String, LogPosition>();
    for (var row : store.allRows()) {
      rowOf.put(row.outcome().aggregate() + " " + row.outcome().commandId(), row.position());
    }
    var statusOf = new HashMap<String, ReplyStatus>();
    for (CommandReply reply : operator.replies()) {
      var command = reply.aggregate() + " " + reply.commandId();
      if (reply.backing() == null) {
        assertThat(reply.status()).isEqualTo(ReplyStatus.ERROR);
      } else {
        assertThat(reply.backing().position()).isEqualTo(rowOf.get(command));
        var first = statusOf.putIfAbsent(command, reply.status());
        assertThat(first == null || first == reply.status()).isTrue();
      }
    }
  }

  private static void stateIsTheFoldOfTheStore(OperatorHarness operator, TestStore store)
      throws Exception {
    Map<AggregateKey, StringBuilder> folds = new HashMap<>();
    for (var row : store.allRows()) {
      for (var event : EventsBlob.decode(row.outcome().blobs().events())) {
        folds
            .computeIfAbsent(row.outcome().aggregate(), key -> new StringBuilder())
            .append(',')
            .append(new String(event.data(), StandardCharsets.UTF_8));
      }
    }
    for (var fold : folds.entrySet()) {
      var reply = operator.handle(fold.getKey().toString(), "last", "result end");
      assertThat(new String(reply.body().result(), StandardCharsets.UTF_8))
          .isEqualTo("was:" + fold.getValue());
    }
  }

  private enum Action {
    SEND,
    CRASH,
    CHECKPOINT,
    SETTLE,
    LOSE_BEFORE,
    LOSE_AFTER,
    START_FROM_NOTHING
  }

  private record Step(Action action, int aggregate, int command, String verb) {}

  private interface Between {
    void run(OperatorHarness operator, TestStore store) throws Exception;
  }
}
