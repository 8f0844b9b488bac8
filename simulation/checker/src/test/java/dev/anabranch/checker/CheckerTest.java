package dev.anabranch.checker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule: a record that keeps it, and the smallest change that breaks it. */
class CheckerTest {

  private static final String KEY = "Account/1";
  private static final String EMPTY = Fold.NOTHING;
  private static final String AFTER_ONE = Fold.next(EMPTY, "e1");

  @Test
  void aRunThatKeepsEverythingHasNoFinding() {
    assertThat(broken(wellDone())).isEmpty();
  }

  @Test
  void aCallWithoutAnAnswerIsFound() {
    var run = wellDone();
    run.removeIf(fact -> fact instanceof Fact.Told told && told.call().equals("call-2"));

    assertThat(broken(run)).containsExactly(Rule.ANSWERED);
  }

  @Test
  void aCallThatALostNoteSpokeOfIsFine() {
    var run = wellDone();
    run.removeIf(fact -> fact instanceof Fact.Told told && told.call().equals("call-2"));
    run.add(0, new Fact.StoreLost(0, "a replica that lagged"));
    run.add(1, new Fact.Started(0, "second", true));

    assertThat(broken(run)).isEmpty();
  }

  @Test
  void aCallThatACheckpointHoldsIsMissed() {
    var run = wellDone();
    run.removeIf(fact -> fact instanceof Fact.Told told && told.call().equals("call-2"));
    run.add(0, new Fact.StoreLost(0, "a replica that lagged"));
    run.add(1, new Fact.Started(0, "second", false));

    assertThat(broken(run)).containsExactly(Rule.ANSWERED);
  }

  @Test
  void aRepeatThatIsToldSomethingElseIsFound() {
    var run = wellDone();
    run.add(told("call-1-again", "c1", "accepted", "another result", "0@0"));

    assertThat(broken(run)).containsExactly(Rule.TOLD_STAYS);
  }

  @Test
  void anErrorAfterAnOutcomeIsFound() {
    var run = wellDone();
    run.add(told("call-1-again", "c1", "error", "poison", ""));

    assertThat(broken(run)).contains(Rule.TOLD_STAYS);
  }

  @Test
  void anErrorBeforeTheOutcomeOfARepeatIsFine() {
    var run = wellDone();
    run.add(0, told("call-1-first", "c1", "error", "poison", ""));
    run.add(0, sent("call-1-first", "c1"));

    assertThat(broken(run)).isEmpty();
  }

  @Test
  void aCommandSentOnceThatIsExecutedAfterItsErrorIsFound() {
    var run = wellDone();
    run.add(0, told("call-1", "c1", "error", "poison", ""));

    assertThat(broken(run)).containsExactly(Rule.ERROR_IS_FINAL);
  }

  @Test
  void twoRowsOfOneCommandAreFound() {
    var run = wellDone();
    run.add(stored(2, "c1", "accepted", 2, AFTER_ONE, "e1"));
    run.add(published(2, "p2"));

    assertThat(broken(run)).contains(Rule.ONE_OUTCOME);
  }

  @Test
  void anAnswerThatIsNotWhatIsStoredIsFound() {
    var run = wellDone();
    run.replaceAll(
        fact ->
            fact instanceof Fact.Told told && told.call().equals("call-2")
                ? told("call-2", "c2", "accepted", "no", "0@1")
                : fact);

    assertThat(broken(run)).containsExactly(Rule.ONE_OUTCOME);
  }

  @Test
  void anErrorOnAStateThatNeverWasIsFound() {
    var run = wellDone();
    run.add(sent("call-3", "c3"));
    run.add(new Fact.Told(2, "call-3", KEY, "c3", "rejected", "no", "", Fold.next(EMPTY, "e2")));

    assertThat(broken(run)).containsExactly(Rule.DECIDED_ON_THE_FOLD);
  }

  @Test
  void anErrorOnAStateThatWasIsFine() {
    var run = wellDone();
    run.add(sent("call-3", "c3"));
    run.add(sent("call-4", "c4"));
    run.add(new Fact.Told(2, "call-3", KEY, "c3", "rejected", "no", "", EMPTY));
    run.add(new Fact.Told(2, "call-4", KEY, "c4", "rejected", "no", "", AFTER_ONE));

    assertThat(broken(run)).isEmpty();
  }

  @Test
  void aDecisionOnAnotherStateIsFound() {
    var run = wellDone();
    run.removeIf(fact -> fact instanceof Fact.Stored row && row.offset() == 1);
    run.add(stored(1, "c2", "rejected", 1, EMPTY));

    assertThat(broken(run)).containsExactly(Rule.DECIDED_ON_THE_FOLD);
  }

  @Test
  void aVersionThatIsLeftOutIsFound() {
    var run = wellDone();
    run.add(stored(2, "c3", "accepted", 3, AFTER_ONE, "e3"));
    run.add(published(2, "p2"));

    assertThat(broken(run)).containsExactly(Rule.SERIAL);
  }

  @Test
  void anOffsetThatIsLeftOutIsFound() {
    var run = wellDone();
    run.removeIf(
        fact ->
            fact instanceof Fact.Stored row && row.offset() == 0
                || fact instanceof Fact.Published record && record.offset() == 0
                || fact instanceof Fact.Told told && told.call().equals("call-1"));

    assertThat(broken(run)).contains(Rule.NO_GAP, Rule.PUBLISHED_IN_ORDER, Rule.ANSWERED);
  }

  @Test
  void rowsInAnotherOrderAreFound() {
    var run = new ArrayList<>(wellDone());
    var records = run.stream().filter(Fact.Published.class::isInstance).toList();
    run.removeAll(records);
    run.add(records.get(1));
    run.add(records.get(0));

    assertThat(broken(run)).contains(Rule.PUBLISHED_IN_ORDER);
  }

  @Test
  void aRowThatIsNotPublishedIsFound() {
    var run = wellDone();
    run.removeIf(fact -> fact instanceof Fact.Published record && record.offset() == 1);

    assertThat(broken(run)).containsExactly(Rule.PUBLISHED);
  }

  @Test
  void aRecordThatComesAgainOtherwiseIsFound() {
    var run = wellDone();
    run.add(published(0, "p0 otherwise"));

    assertThat(broken(run)).contains(Rule.REPEATED_IDENTICALLY);
  }

  @Test
  void whatWasToldAndIsNotStoredIsFound() {
    var run = wellDone();
    run.removeIf(fact -> fact instanceof Fact.Stored row && row.offset() == 1);

    assertThat(broken(run)).contains(Rule.DURABLE);
  }

  @Test
  void aStoreThatLostRowsMayBeRefused() {
    var run = wellDone();
    run.removeIf(fact -> fact instanceof Fact.Stored row && row.offset() == 1);
    run.add(new Fact.StoreLost(7, "a replica that lagged"));
    run.add(new Fact.Refused(8, "row 0@1 is missing"));

    assertThat(broken(run)).isEmpty();
  }

  @Test
  void anOffsetThatIsGivenAgainIsFoundThoughItWasRefusedLater() {
    var run = wellDone();
    run.removeIf(fact -> fact instanceof Fact.Stored row && row.offset() == 1);
    run.add(new Fact.StoreLost(7, "a replica that lagged"));
    run.add(new Fact.Refused(8, "row 0@1 is missing"));
    run.add(new Fact.Started(9, "second", false));
    run.add(
        new Fact.Stored(0, 1, KEY, "c9", "accepted", 2, AFTER_ONE, List.of("e9"), "p9", "second"));

    assertThat(broken(run)).contains(Rule.DURABLE);
  }

  @Test
  void aLostRowThatTheTopicShowsMustBeMissed() {
    var run = wellDone();
    run.removeIf(fact -> fact instanceof Fact.Stored row && row.offset() == 1);
    run.add(new Fact.StoreLost(7, "a replica that lagged"));
    run.add(new Fact.Started(9, "second", false));

    assertThat(broken(run)).containsExactly(Rule.DURABLE);
  }

  @Test
  void aLostRowThatNobodyCanKnowOfIsFine() {
    var run = wellDone();
    run.removeIf(fact -> fact instanceof Fact.Stored row && row.offset() == 1);
    run.removeIf(fact -> fact instanceof Fact.Published record && record.offset() == 1);
    run.add(new Fact.StoreLost(7, "a replica that lagged"));
    run.add(new Fact.Started(9, "second", false));

    assertThat(broken(run)).isEmpty();
  }

  @Test
  void aLastRowThatNobodyAskedForMayWait() {
    var run = wellDone();
    run.add(stored(2, "nobody's", "unchanged", 1, AFTER_ONE));

    assertThat(broken(run)).isEmpty();
  }

  @Test
  void aRowThatNobodyAskedForMayNotBeLeftOut() {
    var run = wellDone();
    run.add(stored(2, "nobody's", "unchanged", 1, AFTER_ONE));
    run.add(stored(3, "c1", "unchanged", 1, AFTER_ONE));
    run.add(published(3, "p3"));

    assertThat(broken(run)).contains(Rule.PUBLISHED);
  }

  @Test
  void aStartThatGoesOnAfterARefusalIsFound() {
    var run = wellDone();
    run.add(new Fact.StoreLost(7, "a replica that lagged"));
    run.add(new Fact.Refused(8, "row 0@2 is missing"));
    run.add(new Fact.Started(9, "second", false));

    assertThat(broken(run)).containsExactly(Rule.STAYS_REFUSED);
  }

  @Test
  void aStartThatRefusesAgainIsFine() {
    var run = wellDone();
    run.add(new Fact.StoreLost(7, "a replica that lagged"));
    run.add(new Fact.Refused(8, "row 0@2 is missing"));
    run.add(new Fact.Started(9, "second", false));
    run.add(new Fact.Refused(10, "row 0@2 is missing"));

    assertThat(broken(run)).isEmpty();
  }

  @Test
  void aRowInFrontOfThatOfAnEarlierCommandIsFound() {
    var run = wellDone();
    run.add(0, sent("call-3", "c3"));
    run.add(told("call-3", "c3", "rejected", "no", "0@2"));
    run.add(stored(2, "c3", "rejected", 1, AFTER_ONE));
    run.add(published(2, "p2"));

    assertThat(broken(run)).containsExactly(Rule.IN_ORDER);
  }

  @Test
  void aRowBehindALaterOneIsFineIfAnErrorMayHaveBeenInItsPlace() {
    var run = wellDone();
    run.add(0, new Fact.Acknowledged(1, "call-3", KEY, "c3", "commands-0@0", false));
    run.add(told("call-3", "c3", "rejected", "no", "0@2"));
    run.add(stored(2, "c3", "rejected", 1, AFTER_ONE));
    run.add(published(2, "p2"));

    assertThat(broken(run)).isEmpty();
  }

  @Test
  void aCopyOfOneCallThatIsExecutedAfterItsErrorIsFound() {
    var run = wellDone();
    run.add(0, told("call-1", "c1", "error", "poison", ""));
    run.add(0, sent("call-1", "c1"));

    assertThat(broken(run)).containsExactly(Rule.ERROR_IS_FINAL);
  }

  @Test
  void aCopyThatTheNextAttemptDecidesIsFine() {
    var run = wellDone();
    run.add(0, told("call-1", "c1", "error", "poison", ""));
    run.add(0, sent("call-1", "c1"));
    run.add(new Fact.Started(9, "second", false));

    assertThat(broken(run)).isEmpty();
  }

  @Test
  void aRefusalWithoutALossIsFound() {
    var run = wellDone();
    run.add(new Fact.Refused(8, "no reason"));

    assertThat(broken(run)).containsExactly(Rule.REFUSES_FOR_A_REASON);
  }

  // -- A run of two commands: one accepted, one rejected.

  private static List<Fact> wellDone() {
    return new ArrayList<>(
        List.of(
            sent("call-1", "c1"),
            sent("call-2", "c2"),
            told("call-1", "c1", "accepted", "", "0@0"),
            published(0, "p0"),
            told("call-2", "c2", "rejected", "no", "0@1"),
            published(1, "p1"),
            stored(0, "c1", "accepted", 1, EMPTY, "e1"),
            stored(1, "c2", "rejected", 1, AFTER_ONE)));
  }

  private static Fact sent(String call, String command) {
    return new Fact.Acknowledged(1, call, KEY, command, "commands-0@1", true);
  }

  private static Fact told(String call, String command, String status, String outcome, String row) {
    return new Fact.Told(2, call, KEY, command, status, outcome, row, "");
  }

  private static Fact published(long offset, String print) {
    return new Fact.Published(3, 0, 0, offset, "c" + (offset + 1), print);
  }

  private static Fact stored(
      long offset, String command, String kind, long version, String saw, String... events) {
    return new Fact.Stored(
        0, offset, KEY, command, kind, version, saw, Arrays.asList(events), "p" + offset, "first");
  }

  private static List<Rule> broken(List<Fact> run) {
    return Checker.check(run).stream().map(Finding::rule).distinct().toList();
  }
}
