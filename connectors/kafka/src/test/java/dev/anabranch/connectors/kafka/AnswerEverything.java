package dev.anabranch.connectors.kafka;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.serde.CommandReplyTypeInfo;
import dev.anabranch.serde.DeadLetterTypeInfo;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Stands for the command operator: a row for every record, whose shard and offset are the record's
 * partition and offset; a reply or a dead letter beside it.
 */
final class AnswerEverything extends ProcessFunction<CommandRecord, LogRow> {
  private static final long serialVersionUID = 1L;

  static final OutputTag<CommandReply> REPLIES =
      new OutputTag<>("replies", CommandReplyTypeInfo.INSTANCE);
  static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", DeadLetterTypeInfo.INSTANCE);

  @Override
  public void processElement(CommandRecord command, Context context, Collector<LogRow> out) {
    var source = command.source();
    out.collect(TestMessages.row(source.partition(), source.offset()));
    if (command.isRoutable()) {
      context.output(REPLIES, TestMessages.reply("c" + source.offset(), ReplyTarget.DEFAULT));
    } else {
      context.output(DEAD_LETTERS, new DeadLetter(command, "unroutable", "no key"));
    }
  }
}
