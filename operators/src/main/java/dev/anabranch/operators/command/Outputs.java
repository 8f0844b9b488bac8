package dev.anabranch.operators.command;

import dev.anabranch.model.CommandReply;
import dev.anabranch.model.DeadLetter;
import dev.anabranch.model.LogRow;

/** What leaves the command operator; called on the task's thread only. */
interface Outputs {

  /** A durable row, to be published; the rows of a shard come in offset order. */
  void publish(LogRow row);

  void reply(CommandReply reply);

  void deadLetter(DeadLetter letter);
}
