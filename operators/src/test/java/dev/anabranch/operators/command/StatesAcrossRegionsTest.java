package dev.anabranch.operators.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.Domain;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.command.PolicyDomain.Policy;
import dev.anabranch.operators.command.lane.TestStore;
import dev.anabranch.operators.task.RegionMap;
import dev.anabranch.testkit.sample.SharedDomain;
import dev.anabranch.wire.EventWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What an aggregate is decided on after its policy changed, after a command was accepted in two
 * regions, and after a payload that came late.
 */
class StatesAcrossRegionsTest {

  private static final Batching BATCHING = new Batching(1, 50, 1 << 20, 200, 1 << 24);
  private static final Duration DRAIN = Duration.ofSeconds(20);

  private final List<Site> sites = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (var site : sites) {
      site.operator.close();
      site.store.close();
    }
  }

  @Test
  void anAggregateWhosePolicyBecomesAutomaticGoesOnFromItsState() throws Exception {
    var a = site("a", List.of("a", "b"), "a", new PolicyDomain(Policy.HOME));
    a.handle("Note/1", "c1", "add x");
    a.handle("Note/1", "c2", "add y");
    a.operator.checkpoint();

    a.operator.release(new PolicyDomain(Policy.AUTOMATIC));
    a.operator.crash();

    assertThat(a.read("Note/1", "r1")).isEqualTo(",x,y");
    a.handle("Note/1", "c3", "add z");
    assertThat(a.read("Note/1", "r2")).isEqualTo(",x,y,z");
    a.operator.restartFromNothing();
    assertThat(a.read("Note/1", "r3")).isEqualTo(",x,y,z");
  }

  @Test
  void anAggregateWhosePolicyBecomesInteractiveGoesOnFromItsState() throws Exception {
    var a = site("a", List.of("a", "b"), "a", new PolicyDomain(Policy.HOME));
    a.handle("Note/1", "c1", "add x");
    a.operator.checkpoint();

    a.operator.release(new PolicyDomain(Policy.BY_HAND));
    a.operator.crash();

    assertThat(a.read("Note/1", "r1")).isEqualTo(",x");
  }

  @Test
  void aCommandOfACounterAcceptedInTwoRegionsCountsOnce() throws Exception {
    var all = List.of("a", "b");
    var a = site("a", all, "a", new CountDomain(ReplicationPolicy::replicatedTypes));
    var b = site("b", all, "a", new CountDomain(ReplicationPolicy::replicatedTypes));
    a.handle("Count/1", "pay-1", "add 10");
    b.handle("Count/1", "pay-1", "add 10");
    exchange();

    assertThat(a.read("Count/1", "r1")).isEqualTo(b.read("Count/1", "r2"));
    assertThat(a.read("Count/1", "r3")).isEqualTo("10");

    // It goes on from there, also after a restart, and after a second such command.
    a.handle("Count/1", "pay-2", "add 1");
    exchange();
    a.operator.restartFromNothing();
    b.operator.checkpoint();
    b.operator.crash();
    assertThat(a.read("Count/1", "r4")).isEqualTo("11");
    assertThat(b.read("Count/1", "r5")).isEqualTo("11");
    a.handle("Count/1", "pay-3", "add 100");
    b.handle("Count/1", "pay-3", "add 100");
    exchange();
    assertThat(a.read("Count/1", "r6")).isEqualTo("111");
    assertThat(b.read("Count/1", "r7")).isEqualTo("111");
  }

  @Test
  void aPayloadOfAReplicatedTypeIsFoldedBeforeItsEffects() throws Exception {
    var all = List.of("a", "b", "c");
    var a = site("a", all, "a", new SharedDomain());
    var b = site("b", all, "a", new SharedDomain());
    var c = site("c", all, "a", new SharedDomain());
    a.handle("Set/1", "c1", "add x");
    c.receiveAll(a);
    c.handle("Set/1", "c2", "remove x");
    var addition = a.commits().get(0);
    var removal = c.commits().get(1);

    b.receive(tombstone(addition), "a");
    b.receive(removal, "c");
    b.operator.settle();
    b.receive(addition, "a");
    b.operator.settle();

    assertThat(c.read("Set/1", "r1")).isEqualTo("[]");
    assertThat(b.read("Set/1", "r2")).isEqualTo("[]");
    b.operator.restartFromNothing();
    assertThat(b.read("Set/1", "r3")).isEqualTo("[]");
  }

  private static LogRow tombstone(LogRow row) {
    var outcome = row.outcome();
    var blobs = new Blobs(outcome.blobs().causality(), Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY);
    return new Outcome(
            RowKind.TOMBSTONE,
            outcome.aggregate(),
            0,
            null,
            "",
            outcome.dot(),
            outcome.stamp(),
            blobs)
        .at(row.shard(), row.offset());
  }

  // -- Regions

  private Site site(String name, List<String> all, String home, Domain domain) throws Exception {
    return site(name, all, home, domain, BATCHING, DRAIN);
  }

  private Site site(
      String name, List<String> all, String home, Domain domain, Batching batching, Duration drain)
      throws Exception {
    var site = new Site(name, all, home, domain, batching, drain);
    sites.add(site);
    return site;
  }

  /** Until nobody has anything that another one lacks. */
  private void exchange() throws Exception {
    for (var to : sites) {
      for (var from : sites) {
        if (to != from) {
          to.receiveAll(from);
        }
      }
    }
  }

  /** As RegionHarness, of any domain, home and batching. */
  private static final class Site {
    final String name;
    final TestStore store;
    final OperatorHarness operator;

    Site(
        String name,
        List<String> all,
        String home,
        Domain domain,
        Batching batching,
        Duration drain)
        throws Exception {
      this.name = name;
      this.store = new TestStore(name);
      var options =
          new CommandOperatorOptions(
              name,
              new RegionMap(all, home, new TreeMap<>()),
              OperatorHarness.SHARDS,
              batching,
              10_000,
              200,
              4,
              drain);
      this.operator = new OperatorHarness(store.factory(), options, domain);
    }

    CommandReply handle(String aggregate, String commandId, String text) throws Exception {
      return operator.handle(aggregate, commandId, text);
    }

    String read(String aggregate, String commandId) throws Exception {
      return new String(handle(aggregate, commandId, "read").body().result(), UTF_8);
    }

    List<LogRow> commits() {
      return store.allRows().stream().filter(row -> row.outcome().dot() != null).toList();
    }

    List<String> dots() {
      return commits().stream().map(row -> row.outcome().dot().toString()).toList();
    }

    void receive(LogRow row, String from) throws Exception {
      operator.sendRemote(
          new CommandRecord(
              row.outcome().aggregate().toString(),
              EventWire.encode(row, from),
              new SourcePosition("inbound." + name, 0, row.offset(), 0)));
    }

    void receiveAll(Site other) throws Exception {
      for (var row : other.commits()) {
        receive(row, other.name);
      }
      operator.settle();
    }
  }
}
