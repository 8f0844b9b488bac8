package dev.anabranch.simulation;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.checker.Fact;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.simulation.job.SimulatedJob;
import dev.anabranch.simulation.job.World;
import dev.anabranch.simulation.time.VirtualThreads;
import dev.anabranch.wire.CommandWire;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Who sends commands: plain producers, each with calls of its own. */
final class Clients {

  private final World world;
  private final SimulatedJob job;
  private final Map<Integer, Sent> sent = new LinkedHashMap<>();
  private final Map<String, MessageRecord> calls = new LinkedHashMap<>();
  private int repeats;

  private record Sent(String call, String aggregate, String command, String verb) {}

  Clients(World world, SimulatedJob job) {
    this.world = world;
    this.job = job;
  }

  /** Every call that Kafka has a record of. */
  Set<String> calls() {
    return calls.keySet();
  }

  void send(RegionStep step) {
    var verb = SimulatedDomain.VERBS.get(step.b());
    var one = new Sent("call-" + step.c(), aggregate(step.a()), "c" + step.c(), verb);
    sent.put(step.c(), one);
    append(one, message(one));
  }

  void repeat(RegionStep step) {
    var first = sent.get(step.c());
    if (first != null) {
      var call = first.call + "-again-" + ++repeats;
      var again = new Sent(call, first.aggregate, first.command, first.verb);
      append(again, message(again));
    }
  }

  void sendAgain(RegionStep step) {
    var first = sent.get(step.c());
    if (first != null) {
      append(first, message(first));
    }
  }

  /** A record without a payload. */
  void sendMalformed(RegionStep step) {
    var one = new Sent("call-" + step.c(), aggregate(step.a()), "m" + step.c(), "add");
    var message = message(one);
    append(one, new MessageRecord(message.key(), null, message.headers()));
  }

  private static String aggregate(int number) {
    return SimulatedDomain.TYPES.get(number % SimulatedDomain.TYPES.size()) + "/" + number;
  }

  private static MessageRecord message(Sent one) {
    var envelope =
        new CommandEnvelope(
            AggregateKey.parse(one.aggregate),
            one.command,
            new EncodedMessage("command", 1, one.verb.getBytes(StandardCharsets.UTF_8)),
            CommandEnvelope.ANY_VERSION,
            Map.of(),
            new ReplyTarget(
                null, ReplyTarget.ANY_PARTITION, one.call.getBytes(StandardCharsets.UTF_8)));
    return CommandWire.encode(envelope, "text/plain", "/simulation");
  }

  private void append(Sent one, MessageRecord message) {
    var micros = world.time().nanos() / 1_000;
    var millis = (VirtualThreads.EPOCH_MICROS + micros) / 1_000;
    var record = world.commands().append(message, one.aggregate, millis);
    calls.put(one.call, message);
    world
        .record()
        .accept(
            new Fact.Acknowledged(
                micros,
                one.call,
                one.aggregate,
                one.command,
                record.source().toString(),
                SimulatedDomain.isStored(one.aggregate, one.verb)));
    job.wake();
  }
}
