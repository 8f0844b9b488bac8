package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.embedded.network.TcpProxy;
import dev.anabranch.jobs.region.ChildJvm;
import dev.anabranch.jobs.region.PurseReadModel;
import dev.anabranch.jobs.region.ReadSide;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.jobs.region.SwitchOver;
import dev.anabranch.query.VersionId;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The projection job, Flink included, and the tool that switches readers, each in a process of its
 * own that is killed (SIGKILL) in the middle of a step: a proxy that belongs to it alone keeps the
 * request or the answer of that step, so that it waits there until it dies.
 */
class ProjectionKillITCase {

  private static final VersionId V1 = new VersionId("purses", 1);
  private static final VersionId V2 = new VersionId("purses", 2);

  /** Where the job is killed. */
  private enum Step {
    /** It has asked the event store for rows. */
    READ("where shard = ? and shard_offset >= ?", TcpProxy::withhold),
    /** Rows of some tables are written, of others not, and nothing is committed. */
    WRITE("insert into `totals", TcpProxy::withhold),
    /** All is written, and the server has not heard that it is to be committed. */
    BEFORE_COMMIT("commit", TcpProxy::withhold),
    /** It is committed, and the job does not know. */
    AFTER_COMMIT("commit", TcpProxy::withholdResponseTo);

    final String request;
    final BiConsumer<TcpProxy, String> fault;

    Step(String request, BiConsumer<TcpProxy, String> fault) {
      this.request = request;
      this.fault = fault;
    }

    void arm(TcpProxy link) {
      fault.accept(link, request);
    }
  }

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();
  private final ReadSide reads =
      // The class path has the example's projections as well.
      new ReadSide(region, PurseReadModel.PROJECTION).option("projections.names", "purses");

  @TempDir private Path directory;
  private final List<Victim> victims = new ArrayList<>();
  private long seed = 11;

  /** A process, and what stands between it and the database server that its tables are on. */
  private record Victim(ChildJvm process, TcpProxy link) {

    void awaitStepAndKill(String step) {
      process.await(step, () -> link.withheld() == 1);
      kill();
    }

    void kill() {
      process.kill();
      link.close();
    }
  }

  @AfterEach
  void killAll() {
    victims.forEach(Victim::kill);
  }

  @Test
  void aJobKilledAtAnyStepAppliesEachEventOnce() throws SQLException {
    region.start();
    for (var step : Step.values()) {
      write();
      killJobAt(step);
    }
    write();
    var ends = reads.ends();
    startJob().process.await("all in version 1", () -> reads.isAt(V1, ends));

    reads.assertExact(V1);
  }

  @Test
  void killsDuringARebuildAndASwitchLeaveBothVersionsExactAndReadersWithOneOfThem()
      throws SQLException {
    region.start();
    write();
    var job = startJob();
    job.process.await("rows in version 1", () -> position() > 0);
    Step.READ.arm(job.link);
    reads.tables().begin(PurseReadModel.PROJECTION);
    job.awaitStepAndKill("a rebuild that reads");
    write();
    var again = startJob();
    var ends = reads.ends();
    again.process.await("all in version 2", () -> reads.isAt(V2, ends));
    again.process.await("all in version 1", () -> reads.isAt(V1, ends));

    for (var request :
        List.of("create or replace", "rename table", "update projection set live_version")) {
      startSwitch(link -> link.withhold(request)).awaitStepAndKill("before " + request);
      assertThat(shown()).hasSize(1);
      startSwitch(link -> link.withholdResponseTo(request)).awaitStepAndKill("during " + request);
      assertThat(shown()).hasSize(1);
    }
    // The job may die in the middle of a switch, too.
    again.kill();
    startSwitch(link -> {}).process.awaitSuccess();
    assertThat(shown()).containsExactly("2");
    assertThat(reads.status(V2).live()).isTrue();
    assertThat(reads.status(V1).live()).isFalse();

    region.handle("Purse/late", "deposit 7");
    var last = reads.ends();
    startJob().process.await("the last row in version 2", () -> reads.isAt(V2, last));
    reads.awaitEnd(V1);
    reads.assertExact(V1);
    reads.assertExact(V2);
    reads.tables().drop(V1);
    reads.assertExact(V2);
  }

  private void killJobAt(Step step) {
    var before = position();
    Victim job;
    if (step == Step.READ) {
      // It is at this step first thing, and never again if nothing is missing.
      job = start(ProjectionJob.class, List.of(), step::arm);
    } else {
      job = startJob();
      job.process.await("rows before " + step, () -> position() > before);
      step.arm(job.link);
      write();
    }
    job.awaitStepAndKill(step.toString());
  }

  /** A burst of commands: enough for batches, few enough for many starts of a job. */
  private void write() {
    try (var load = region.load(30, seed++)) {
      load.awaitReplies(50);
      load.stop();
    }
  }

  /** How many rows of the log version 1 has taken. */
  private long position() {
    return reads.tables().list().stream()
        .filter(status -> status.id().equals(V1))
        .flatMap(status -> status.positions().values().stream())
        .mapToLong(position -> position.nextOffset())
        .sum();
  }

  /** The numbers of the versions that readers see: of one alone, unless a switch was torn. */
  private Set<String> shown() throws SQLException {
    var versions = new HashSet<String>();
    try (var connection = reads.connect();
        var statement = connection.createStatement()) {
      for (var table : PurseReadModel.PROJECTION.tables()) {
        try (var result =
            statement.executeQuery(
                "SELECT view_definition FROM information_schema.views"
                    + " WHERE table_schema = DATABASE() AND table_name = '"
                    + table.name()
                    + "'")) {
          assertThat(result.next()).as("a view %s", table).isTrue();
          versions.add(
              result.getString(1).replaceAll("(?s).*" + table.name() + "_v(\\d+).*", "$1"));
        }
      }
    }
    return versions;
  }

  private Victim startJob() {
    return start(ProjectionJob.class, List.of(), link -> {});
  }

  private Victim startSwitch(Consumer<TcpProxy> fault) {
    var version = List.of(V2.projection(), Integer.toString(V2.version()));
    return start(SwitchOver.class, version, fault);
  }

  private Victim start(Class<?> main, List<String> first, Consumer<TcpProxy> fault) {
    var link = TcpProxy.open(reads.server().port());
    fault.accept(link);
    var arguments = new ArrayList<>(first);
    var shared = ":" + reads.proxy().port() + "/";
    reads
        .settings()
        .forEach(
            (key, value) -> {
              arguments.add("--" + key);
              arguments.add(value.replace(shared, ":" + link.port() + "/"));
            });
    var log = directory.resolve("process-" + victims.size() + ".log");
    var victim = new Victim(ChildJvm.start(main, arguments, log), link);
    victims.add(victim);
    return victim;
  }
}
