package dev.anabranch.simulation.job;

import dev.anabranch.checker.Fact;
import dev.anabranch.checker.Fold;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.operators.command.CommandOperatorOptions;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.simulation.kafka.CommandsTopic;
import dev.anabranch.simulation.kafka.EventsTopic;
import dev.anabranch.simulation.kafka.Producer;
import dev.anabranch.simulation.store.SimulatedStore;
import dev.anabranch.simulation.time.Scheduler;
import dev.anabranch.wire.EventWire;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * What one region consists of, and all that happens to it.
 *
 * @param random of what Flink and its machines do
 * @param channel records that may wait in front of a subtask
 * @param onRocksDb whether keyed state is in RocksDB, not on the heap
 * @param record takes what is observed
 */
public record World(
    Scheduler time,
    SplittableRandom random,
    CommandOperatorOptions options,
    DomainLoader domain,
    int channel,
    boolean onRocksDb,
    SimulatedStore store,
    CommandsTopic commands,
    EventsTopic events,
    Producer.Broker broker,
    Writers writers,
    Consumer<Fact> record) {

  /** What a decider's text begins with, before the fold that it saw. */
  public static final String SAW = "saw=";

  /** Who appends under which number. */
  public static final class Writers {
    private final Map<Long, String> attempts = new HashMap<>();

    /** The attempt of a writer. */
    public String of(long writer) {
      return attempts.getOrDefault(writer, "");
    }

    long made(long writer, String attempt) {
      attempts.put(writer, attempt);
      return writer;
    }
  }

  long micros() {
    return time.nanos() / 1_000;
  }

  void note(String text) {
    record.accept(new Fact.Note(micros(), text));
  }

  /** Looks at all bytes of the record that a row is published as. */
  public static String printOf(LogRow row, String region) {
    return Fold.print(bytes(EventWire.encode(row, region)));
  }

  /** The fold that one of the texts says its decider saw; empty: none says it. */
  public static String saw(List<String> texts) {
    for (var text : texts) {
      if (text.startsWith(SAW)) {
        var rest = text.substring(SAW.length());
        var end = rest.indexOf(';');
        return end < 0 ? rest : rest.substring(0, end);
      }
    }
    return "";
  }

  private static byte[] bytes(MessageRecord message) {
    var all = new ByteArrayOutputStream();
    for (var part : new byte[][] {message.key(), message.value()}) {
      all.writeBytes(part == null ? new byte[0] : part);
      all.write(0);
    }
    for (var header : message.headers()) {
      all.writeBytes(header.name().getBytes(StandardCharsets.UTF_8));
      all.writeBytes(header.value());
      all.write(0);
    }
    return all.toByteArray();
  }
}
