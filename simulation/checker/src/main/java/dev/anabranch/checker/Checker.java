package dev.anabranch.checker;

import java.util.ArrayList;
import java.util.List;

/** Applies every {@link Rule} to the record of a run. */
public final class Checker {

  private Checker() {}

  /** Returns what was broken; empty: nothing. */
  public static List<Finding> check(List<Fact> record) {
    var run = Run.of(record);
    var findings = new ArrayList<Finding>();
    new LogRules(run, findings).check();
    new AnswerRules(run, findings).check();
    new TopicRules(run, findings).check();
    return findings;
  }
}
