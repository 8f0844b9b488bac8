package dev.anabranch.simulation;

import dev.anabranch.checker.Fact;
import dev.anabranch.simulation.job.SimulatedJob;
import dev.anabranch.simulation.job.World;
import dev.anabranch.simulation.kafka.CommandsTopic;
import dev.anabranch.simulation.kafka.EventsTopic;
import dev.anabranch.simulation.kafka.Producer;
import dev.anabranch.simulation.store.SimulatedDatabase.Fault;
import dev.anabranch.simulation.store.SimulatedStore;
import dev.anabranch.simulation.time.Scheduler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** A region, and the steps that are done to it; once. */
final class SimulatedRegion {

  private static final long MILLI = 1_000_000;

  /** From the end of the faults on every command has so long to be answered. */
  private static final long PATIENCE = 180_000 * MILLI;

  /** What is late, as an insert of a killed client, has come by then. */
  private static final long AFTERMATH = 12_000 * MILLI;

  private static final long LOOK = 250 * MILLI;
  private static final int CHECKPOINT_EACH = 20;

  private final List<RegionStep> steps;
  private final Scheduler time;
  private final World world;
  private final SimulatedJob job;
  private final Clients clients;
  private final List<Fact> record = new ArrayList<>();
  private final Set<String> answered = new HashSet<>();
  private long looks;
  private long quietSince = -1;

  SimulatedRegion(long seed, Swarm swarm, List<RegionStep> steps) {
    this.steps = steps;
    var random = new SplittableRandom(seed);
    this.time = new Scheduler(random.split());
    var shards = swarm.options().shardCount();
    var store =
        new SimulatedStore(
            Swarm.REGION, shards, swarm.eventPartitions(), swarm.databases(), time, random.split());
    this.world =
        new World(
            time,
            random.split(),
            swarm.options(),
            new SimulatedDomain(random.split()),
            swarm.channel(),
            swarm.onRocksDb(),
            store,
            new CommandsTopic(swarm.commandPartitions()),
            new EventsTopic(swarm.eventPartitions(), time),
            new Producer.Broker(),
            new World.Writers(),
            this::observed);
    this.job = new SimulatedJob(world, swarm.parallelism(), swarm.clockSpreadMillis());
    this.clients = new Clients(world, job);
  }

  long switches() {
    return time.switches();
  }

  List<Fact> run() {
    time.at(0, job::submit);
    var last = 0L;
    for (var step : steps) {
      time.at(step.atMillis() * MILLI, () -> perform(step));
      last = Math.max(last, step.atMillis());
    }
    time.at((last + 1_000) * MILLI, this::endFaults);
    try {
      time.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return record;
  }

  private void observed(Fact fact) {
    record.add(fact);
    if (fact instanceof Fact.Told told) {
      answered.add(told.call());
    }
  }

  private void perform(RegionStep step) {
    switch (step.action()) {
      case SEND -> clients.send(step);
      case REPEAT -> clients.repeat(step);
      case RESEND -> clients.sendAgain(step);
      case MALFORMED -> clients.sendMalformed(step);
      case CHECKPOINT -> job.checkpoint(false);
      case CHECKPOINT_FAILS -> job.checkpoint(true);
      case CRASH -> job.crash();
      case ZOMBIE -> job.cutOff(step.b() * MILLI);
      case START -> job.startAgain(SimulatedJob.From.values()[step.a()], step.b(), step.c() == 0);
      default -> disturb(step);
    }
  }

  private void disturb(RegionStep step) {
    var nanos = step.b() * MILLI;
    if (step.action() == RegionStep.Action.KAFKA_DOWN) {
      note("Kafka takes nothing for " + step.b() + " ms");
      world.broker().down(time.nanos() + nanos);
      return;
    }
    var name = "db" + step.a();
    var database = world.store().database(step.a());
    switch (step.action()) {
      case CRASH_IN_APPEND -> {
        note("attempt dies in the next append of " + name);
        database.atNextAppend(job::crash);
      }
      case LOSE_BEFORE, LOSE_AFTER, STRAY, SLOW -> {
        note("the next append of " + name + " is " + step.action());
        database.failNextAppend(Fault.valueOf(step.action().name()));
      }
      case DOWN -> {
        note(name + " is down for " + step.b() + " ms");
        database.down(nanos);
      }
      case READ_ONLY -> {
        note(name + " is read-only for " + step.b() + " ms");
        database.readOnly(nanos);
      }
      case FAIL_OVER -> {
        var what = name + " fails over to a replica that lacks " + step.b() + " statements";
        observed(
            step.b() == 0 ? new Fact.Note(micros(), what) : new Fact.StoreLost(micros(), what));
        database.failOver(step.b());
      }
      default -> throw new IllegalArgumentException("not a fault: " + step);
    }
  }

  private void note(String what) {
    observed(new Fact.Note(micros(), what));
  }

  private long micros() {
    return time.nanos() / 1_000;
  }

  // -- The end.

  private void endFaults() {
    observed(new Fact.FaultsEnded(micros()));
    world.store().databases().forEach(database -> database.heal());
    world.broker().heal();
    var until = time.nanos() + PATIENCE;
    time.after(LOOK, () -> look(until));
  }

  private void look(long until) {
    if (++looks % CHECKPOINT_EACH == 0) {
      job.checkpoint(false);
    }
    var isQuiet = job.isRefused() || (job.isQuiet() && answered.containsAll(clients.calls()));
    if (!isQuiet) {
      quietSince = -1;
    } else if (quietSince < 0) {
      quietSince = time.nanos();
    }
    if (time.nanos() > until || (quietSince >= 0 && time.nanos() - quietSince > AFTERMATH)) {
      end();
    } else {
      time.after(LOOK, () -> look(until));
    }
  }

  private void end() {
    observed(new Fact.Ended(micros()));
    for (var database : world.store().databases()) {
      for (var row : database.rows()) {
        record.add(StoredFacts.of(row, world));
      }
    }
    time.stop();
  }
}
