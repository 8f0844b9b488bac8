package dev.anabranch.operators.command;

import dev.anabranch.operators.command.aggregate.AggregateCache;
import dev.anabranch.operators.command.lane.Lane;
import dev.anabranch.operators.task.TaskThreads;

/**
 * What ends every turn of the task: a record that was taken in, or a mail of a lane's worker. A
 * turn changes one lane only, and whatever it has changed, the lane goes on from here as far as it
 * can without waiting. So nothing else decides when a lane sends.
 *
 * <p><b>Order.</b> Commits of other regions that wait are decided before commands that wait. All
 * that is decided then leaves in one insert if the lane's connection is idle. Cached aggregates
 * leave last, when none is in use.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class EndOfTurn {

  /** Appends of no more leave the task time for work that could wait. */
  private static final int FEW_ROWS = 32;

  private final CommandProcessor processor;
  private final RemoteCommits remote;
  private final UnbackedAnswers answers;
  private final CommitPath commits;
  private final AggregateCache aggregates;
  private final TaskThreads threads;

  EndOfTurn(
      CommandProcessor processor,
      RemoteCommits remote,
      UnbackedAnswers answers,
      CommitPath commits,
      AggregateCache aggregates,
      TaskThreads threads) {
    this.processor = processor;
    this.remote = remote;
    this.answers = answers;
    this.commits = commits;
    this.aggregates = aggregates;
    this.threads = threads;
  }

  /** Lets the lane of this turn go on; before its tail is read it can't. */
  void of(Lane lane) {
    if (lane.isReady()) {
      goOn(lane);
    }
    var appended = commits.takeAppended();
    if (appended > 0) {
      aggregates.bound();
      if (appended <= FEW_ROWS) {
        aggregates.writeBackResting(threads.nanoTime());
      }
    }
  }

  private void goOn(Lane lane) {
    if (remote.isWaiting(lane)) {
      remote.processWaiting(lane);
    }
    if (lane.hasWaiting()) {
      processor.processWaiting(lane);
    }
    for (var answer = lane.pollReleased(); answer != null; answer = lane.pollReleased()) {
      processor.release(answer);
    }
    answers.settle(lane);
    commits.send(lane);
  }
}
