package dev.anabranch.playground.load;

import dev.anabranch.model.message.ReplyStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether the answers of one aggregate can all be true at once: accepted commands make versions 1,
 * 2, 3 … without gap or fork, each total is the sum of the changes up to its version, a command was
 * accepted only if there was enough and rejected only if there was not, and a command that was sent
 * twice has one answer.
 *
 * <p>Only the versions order the answers; when they came means nothing.
 *
 * <p><b>Threads.</b> Guarded by the owner.
 */
final class AnswerCheck {

  private static final String VERSION_CONFLICT = "version-conflict";

  private final String name;
  private final Map<Integer, Answer> byCommand = new HashMap<>();
  private final TreeMap<Long, Integer> acceptedChanges = new TreeMap<>();
  private final Map<Long, Long> totals = new HashMap<>();
  private final List<Rejection> rejections = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private int unanswered;

  private record Rejection(int command, long version, int change, String code) {}

  AnswerCheck(String name) {
    this.name = name;
  }

  void answered(Step step, Answer answer) {
    var before = byCommand.putIfAbsent(step.number(), answer);
    if (before != null) {
      if (!before.equals(answer)) {
        wrong.add(where(step.number()) + " was answered " + before + " and " + answer);
      }
      return;
    }
    if (answer.status() == ReplyStatus.ACCEPTED) {
      if (acceptedChanges.putIfAbsent(answer.version(), step.change()) != null) {
        wrong.add(where(step.number()) + " made version " + answer.version() + " a second time");
      }
      if (answer.total() >= 0) {
        totals.putIfAbsent(answer.version(), answer.total());
      }
    } else if (answer.status() == ReplyStatus.REJECTED) {
      rejections.add(new Rejection(step.number(), answer.version(), step.change(), answer.code()));
    } else {
      wrong.add(where(step.number()) + " was answered " + answer);
    }
  }

  /** Nobody knows what became of it, so a missing version may be its. */
  void unanswered() {
    unanswered++;
  }

  /** What can't be true; empty: all of it can. */
  List<String> problems() {
    var problems = new ArrayList<>(wrong);
    var sums = new TreeMap<Long, Long>();
    sums.put(0L, 0L);
    var expected = 1L;
    var sum = 0L;
    for (var entry : acceptedChanges.entrySet()) {
      if (entry.getKey() != expected) {
        if (unanswered == 0) {
          problems.add(name + ": no answer made version " + expected);
        }
        return problems;
      }
      sum += entry.getValue();
      sums.put(expected, sum);
      if (sum < 0) {
        problems.add(name + " fell to " + sum + " with version " + expected);
      }
      var total = totals.get(expected);
      if (total != null && total != sum) {
        problems.add(
            name + " had " + sum + " at version " + expected + ", the answer said " + total);
      }
      expected++;
    }
    rejections.forEach(each -> check(each, sums, problems));
    return problems;
  }

  private void check(Rejection rejection, TreeMap<Long, Long> sums, List<String> problems) {
    var had = sums.get(rejection.version());
    // Before it is opened everything is rejected.
    var fine = rejection.version() == 0 || (had != null && had + rejection.change() < 0);
    if (!fine || rejection.code().equals(VERSION_CONFLICT)) {
      problems.add(
          where(rejection.command())
              + " was rejected ("
              + rejection.code()
              + ") at version "
              + rejection.version()
              + " with "
              + had
              + " there and a change of "
              + rejection.change());
    }
  }

  private String where(int command) {
    return name + " command " + command;
  }
}
