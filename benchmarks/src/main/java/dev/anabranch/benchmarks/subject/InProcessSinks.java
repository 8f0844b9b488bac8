package dev.anabranch.benchmarks.subject;

import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.DeadLetter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Sinks that end in an {@link InProcess}. */
final class InProcessSinks {

  private InProcessSinks() {}

  /** Completes the requests. */
  record Replies(int channel) implements Sink<CommandReply> {
    @Override
    public SinkWriter<CommandReply> createWriter(WriterInitContext context) {
      var answers = InProcess.get(channel);
      return new Writer<>() {
        @Override
        public void write(CommandReply reply, Context unused) {
          answers.answer(reply);
        }
      };
    }
  }

  /** Counts: there must be none. */
  record DeadLetters(int channel) implements Sink<DeadLetter> {
    @Override
    public SinkWriter<DeadLetter> createWriter(WriterInitContext context) {
      var letters = InProcess.get(channel);
      return new Writer<>() {
        @Override
        public void write(DeadLetter letter, Context unused) {
          letters.deadLetter();
        }
      };
    }
  }

  private abstract static class Writer<T> implements SinkWriter<T> {
    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {}
  }
}
