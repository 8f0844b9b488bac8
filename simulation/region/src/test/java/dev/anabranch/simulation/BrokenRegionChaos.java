package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Shows that the simulation would notice. Breaks one rule of the command job at a time, in a copy
 * of the source of one class, compiles the copy, and runs schedules with it in a class loader of
 * its own, until one breaks a rule of the checker:
 *
 * <pre>mvn -B -ntp verify -P long -pl simulation/region -am -Dit.test=BrokenRegionChaos</pre>
 */
class BrokenRegionChaos {

  private static final Path SOURCES =
      Path.of("../../operators/src/main/java/dev/anabranch/operators");
  private static final int SCHEDULES =
      Integer.getInteger("anabranch.simulation.schedules", 5_000);

  /**
   * One rule to break.
   *
   * @param was occurs once in the source
   */
  record Broken(String rule, String source, String was, String becomes) {
    @Override
    public String toString() {
      return rule;
    }
  }

  static List<Broken> rules() {
    return List.of(
        new Broken(
            "answer before it is known what became of the append",
            "command/lane/LaneConnection.java",
            "session -> known(session.append(rows)));",
            "session -> session.append(rows) instanceof AppendResult.Fenced f"
                + " ? f : AppendResult.Appended.INSTANCE);"),
        new Broken(
            "publish no row of the tail again",
            "command/TailFold.java",
            "if (row.offset() >= publishFrom) {",
            "if (row.offset() > publishFrom) {"),
        new Broken(
            "drop the waiters of a repeat that the store has found",
            "command/CommitPath.java",
            "command.asked.all().forEach(in -> processor.answerEarlier(in, row))",
            "processor.answerEarlier(command.asked.all().get(0), row)"),
        new Broken(
            "drop the waiters of a command that is pending",
            "command/CommitPath.java",
            "for (var repeat : command.asked.repeats()) {",
            "for (var repeat : command.asked.repeats().subList(0, 0)) {"),
        new Broken(
            "do not decide again what stood on a repeat",
            "command/CommitPath.java",
            "processor.decideAgain(live, lane);",
            ""),
        new Broken(
            "go on with a connection to a store that lost rows",
            "command/lane/LaneConnection.java",
            "if (known != null && !known.equals(stored.get(position))) {",
            "if (known != null && known.offset() < 0) {"),
        new Broken(
            "do not compare the events topic with the store",
            "command/lane/LossCheck.java",
            "requireNone(connection, lacking(connection, published), \"its events topic\");",
            ""),
        new Broken(
            "answer an error without a fence",
            "command/UnbackedAnswers.java",
            "if (answer.asked == null || cursor.isFenced()) {",
            "if (answer.asked == null || cursor.isFenced() || cursor.shard() >= 0) {"),
        new Broken(
            "answer an error without a mark",
            "command/UnbackedAnswers.java",
            "(isMarked ? told : due).add(each);",
            "told.add(each);"),
        new Broken(
            "execute what was answered by an earlier attempt",
            "command/CommandProcessor.java",
            "return in.answeredBefore() && decided instanceof Decided.Row",
            "return in.number() < 0 && decided instanceof Decided.Row"),
        new Broken(
            "answer an error on a state that may never be",
            "command/CommandProcessor.java",
            "if (live.pending.isEmpty()) {\n        answers.begin",
            "if (live.pending.isEmpty() || in.shard() >= 0) {\n        answers.begin"),
        new Broken(
            "keep no undecided commands in a checkpoint",
            "command/CommandShards.java",
            "unanswered.forEach(state::writeParked);",
            ""),
        new Broken(
            "do not note that commands are parked",
            "command/CommandShards.java",
            "return notes.hasNoted(cursors.first(), cursors.last(), heldBy(undecided));",
            "return true;"),
        new Broken(
            "write no aggregate before a checkpoint",
            "command/CommandShards.java",
            "    aggregates.writeBack();\n",
            ""),
        new Broken(
            "let a changed aggregate go without writing it",
            "command/aggregate/AggregateCache.java",
            "    if (changes.has(leaving.slot)) {\n      write(leaving);\n    }\n    aggregates.remove",
            "    aggregates.remove"),
        new Broken(
            "do not wait for the tail",
            "command/CommandProcessor.java",
            "if (lane.isReady() && !lane.hasWaiting()) {",
            "if (!lane.hasWaiting()) {"),
        new Broken(
            "let new commands overtake those that wait",
            "command/CommandProcessor.java",
            "if (lane.isReady() && !lane.hasWaiting()) {",
            "if (lane.isReady()) {"),
        new Broken(
            "count the offset of a row before the store has it",
            "command/lane/ShardCursor.java",
            "return new ShardRecord(storeId, nextOffset, lastWriter, lastHlc);",
            "return new ShardRecord(storeId, nextOffset + 1, lastWriter, lastHlc);"),
        new Broken(
            "keep the offsets of an insert that was refused",
            "command/CommitPath.java",
            "rows.forEach(row -> lanes.cursors().unassign(row.shard()));",
            ""),
        new Broken(
            "answer from a row that is not folded",
            "command/CommandProcessor.java",
            "} else if (cursors.knows(row)) {",
            "} else if (cursors.knows(row) || row.offset() >= 0) {"),
        new Broken(
            "take a fence for a lost connection",
            "command/CommitPath.java",
            "    } else if (result instanceof AppendResult.Fenced fenced) {\n      counts.fenced();\n",
            "    } else if (result instanceof AppendResult.Fenced fenced && fenced.otherWriter() != 0) {\n"
                + "      committed(lane, lane.takeInFlight(), append.rows());\n"
                + "    } else if (result instanceof AppendResult.Fenced fenced) {\n      counts.fenced();\n"));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void isNoticed(Broken broken, @TempDir Path folder) throws Exception {
    compile(broken, folder);
    var began = System.nanoTime();

    var noticed = firstFailure(folder, SCHEDULES);

    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.0f s |%n",
        broken.rule(),
        noticed.replaceFirst("(?s) schedules:.*breaks\n *([A-Z_]+):.*", " | $1"),
        (System.nanoTime() - began) / 1e9);
    assertThat(noticed).as("what the simulation says when the rule is broken").isNotEmpty();
  }

  private static void compile(Broken broken, Path folder) throws IOException {
    var source = Files.readString(SOURCES.resolve(broken.source()));
    assertThat(source.split(Pattern.quote(broken.was()), -1))
        .as("%s must occur once in %s: was it reworded?", broken.was(), broken.source())
        .hasSize(2);
    var file = folder.resolve("dev/anabranch/operators").resolve(broken.source());
    Files.createDirectories(file.getParent());
    Files.writeString(file, source.replace(broken.was(), broken.becomes()));

    var compiler = ToolProvider.getSystemJavaCompiler();
    var messages = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var options = List.of("-d", folder.toString(), "-cp", classPath(), "-proc:none", "-nowarn");
      var done =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(file))
              .call();
      assertThat(done).as(() -> messages.toString()).isTrue();
    }
  }

  /** In a class loader that finds the broken class first, and nothing in this test's own. */
  private static String firstFailure(Path folder, int schedules) throws Exception {
    var urls = new ArrayList<URL>();
    urls.add(folder.toUri().toURL());
    for (var entry : classPath().split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    try (var loader =
        new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      var simulation = loader.loadClass(Simulation.class.getName());
      return (String)
          simulation
              .getMethod("firstFailure", long.class, int.class)
              .invoke(null, Long.getLong("anabranch.simulation.seed", 1), schedules);
    } finally {
      Thread.currentThread().setContextClassLoader(BrokenRegionChaos.class.getClassLoader());
    }
  }

  /** Surefire may hide it in a manifest. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
