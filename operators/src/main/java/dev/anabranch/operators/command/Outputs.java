package dev.anabranch.operators.command;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.DeadLetter;

/** What leaves the command operator; called on the task's thread only. */
interface Outputs {

  /** A durable row, to be published; the rows of a shard come in offset order. */
  void publish(LogRow row);

  void reply(CommandReply reply);

  void deadLetter(DeadLetter letter);
}
