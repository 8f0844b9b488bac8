package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.versions.GraphEntriesInMemory;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.VersionSnapshotsInMemory;
import dev.anabranch.versions.VersionStates;
import dev.anabranch.wire.blob.GraphBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** What must hold for any history, made by the regions of a simulation. */
class HistoryLawsTest {

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void everyOrderThatPutsCausesFirstGivesTheSameAnswers(@ForAll long seed) {
    var history = Simulation.history(Schedule.of(seed));
    var expected = Oracle.answers(history);

    for (var i = 0; i < 5; i++) {
      var order = Simulation.extension(history, new Random(seed + i));
      assertThat(Answers.of(order)).as("order %s", order).isEqualTo(expected);
    }
  }

  @Property(tries = 50, shrinking = ShrinkingMode.OFF)
  void aRestartAfterAnyStepChangesNothing(@ForAll long seed) {
    var history = Simulation.extension(Simulation.history(Schedule.of(seed)), new Random(seed));
    var entries = new GraphEntriesInMemory();
    var snapshots = new VersionSnapshotsInMemory<Long>();
    for (var node : history) {
      entries = throughBytes(entries);
      new VersionStates<>(new VersionGraph(entries), new HashFolding(), snapshots).add(node);
    }
    var graph = new VersionGraph(entries);

    assertThat(Answers.of(graph, new VersionStates<>(graph, new HashFolding(), snapshots)))
        .isEqualTo(Oracle.answers(history));
  }

  @Property(tries = 50, shrinking = ShrinkingMode.OFF)
  void statesThatAreLostAreDerivedAgain(@ForAll long seed) {
    var history = Simulation.extension(Simulation.history(Schedule.of(seed)), new Random(seed));
    var entries = new GraphEntriesInMemory();
    for (var node : history) {
      new VersionStates<>(
              new VersionGraph(entries), new HashFolding(), new VersionSnapshotsInMemory<Long>())
          .add(node);
    }
    var graph = new VersionGraph(entries);

    assertThat(
            Answers.of(
                graph,
                new VersionStates<>(
                    graph, new HashFolding(), new VersionSnapshotsInMemory<Long>())))
        .isEqualTo(Oracle.answers(history));
  }

  /** Hollow first, and each payload at any time after. */
  @Property(tries = 50, shrinking = ShrinkingMode.OFF)
  void payloadsThatComeLaterGiveTheSameAnswers(@ForAll long seed) {
    var random = new Random(seed);
    var history = Simulation.extension(Simulation.history(Schedule.of(seed)), random);
    var order = new ArrayList<VersionNode>();
    var late = new ArrayList<VersionNode>();
    for (var node : history) {
      if (random.nextInt(3) == 0) {
        order.add(new Row(node, Set.of()).withheld().node());
        late.add(node);
      } else {
        order.add(node);
      }
      while (!late.isEmpty() && random.nextInt(4) == 0) {
        order.add(late.remove(random.nextInt(late.size())));
      }
    }
    order.addAll(late);

    assertThat(Answers.of(order)).isEqualTo(Oracle.answers(List.copyOf(history)));
  }

  private static GraphEntriesInMemory throughBytes(GraphEntriesInMemory entries) {
    var restored = new GraphEntriesInMemory();
    for (var entry : entries.all()) {
      restored.put(GraphBlob.decode(GraphBlob.encode(entry)));
      if (entry.node().commandId() != null) {
        restored.index(entry.node().commandId(), entry.dot());
      }
    }
    restored.summary(GraphBlob.decodeSummary(GraphBlob.encode(entries.summary())));
    return restored;
  }
}
