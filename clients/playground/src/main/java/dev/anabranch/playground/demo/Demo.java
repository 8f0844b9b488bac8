package dev.anabranch.playground.demo;

import dev.anabranch.cli.send.SendRun;
import dev.anabranch.cli.send.SendSummary;
import dev.anabranch.cli.send.Sender;
import dev.anabranch.cli.text.Style;
import dev.anabranch.cli.text.SummaryText;
import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.embedded.EmbeddedKafka;
import dev.anabranch.embedded.RegionLinks;
import dev.anabranch.embedded.RegionTopology;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.playground.traffic.BankText;
import dev.anabranch.playground.traffic.Ledger;
import dev.anabranch.playground.traffic.Pause;
import dev.anabranch.playground.traffic.ReplyTimes;
import dev.anabranch.playground.traffic.TrafficRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run of the demo, from starting the servers to verifying what they hold.
 *
 * <p><b>Lifecycle.</b> {@link #run} returns when all is shown; the regions run until {@link
 * #close}, which also deletes its files. If the JVM is told to end, a shutdown hook closes.
 */
public final class Demo implements AutoCloseable {

  private static final String BANK_COMMANDS = "bank.jsonl";

  private final DemoOptions options;
  private final DemoScreen screen;
  private final CliRunner cli;
  private final DemoParts parts = new DemoParts();
  private final Ledger ledger = new Ledger();

  public Demo(DemoOptions options, PrintWriter out, Style style, CliRunner cli) {
    this.options = options;
    this.screen = new DemoScreen(out, style);
    this.cli = cli;
  }

  /** Whether a demo may write there: nothing is in it, so nothing can be lost. */
  public static boolean isUsable(Path directory) {
    var files = directory.toFile().list();
    return files == null ? !Files.exists(directory) : files.length == 0;
  }

  /** Whether everything was as it must be. */
  public boolean run() throws Exception {
    var sound = false;
    try {
      sound = show();
    } finally {
      if (!sound && !isEnding()) {
        keepFiles();
      }
    }
    return sound;
  }

  private boolean show() throws Exception {
    var directory = parts.openDirectory(options.directory());
    var topology = options.topology();
    screen.line(screen.style().bold("Anabranch demo") + ": " + headline(topology));
    screen.step("files: %s", directory.path());
    var regions = new DemoRegions(parts, directory.path(), topology, EmbeddedKafka::start);
    var links = regions.startCommands(screen, options.web());
    var first = regions.first();
    if (options.web()) {
      screen.step("flink's web interface: %s", first.job().webAddress());
    }
    // Nobody who watches has to wait for what commands do not need.
    var others = inBackground(() -> startOtherJobs(regions));
    sendFile(first.client());
    var sound = sendTraffic(regions);
    others.get();
    sound &= check(first);
    sound &= tell(regions, links);
    sound &= verify(regions);
    screen.line("");
    screen.line(verdict(sound));
    if (options.keep()) {
      screen.print(out -> DemoAddresses.print(out, screen.style(), regions));
    }
    return sound;
  }

  private Object startOtherJobs(DemoRegions regions) throws Exception {
    regions.startCrossRegion(screen); // first: it makes the topic of views that projections read
    var first = regions.first();
    var options = ProjectionJobOptions.fromArgs("--config", first.config().toString());
    first.job().startProjections(options);
    screen.step(
        "%s: the projection job fills the tables of the bank in schema queries", first.name());
    return regions;
  }

  private static Future<Object> inBackground(Callable<Object> work) {
    var task = new FutureTask<>(work);
    var thread = new Thread(task, "demo-start");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  /** Whether every story went as it must. */
  private boolean tell(DemoRegions regions, RegionLinks links) {
    var narrator = new Narrator(screen, cli);
    if (options.shows(Story.REBUILD)) {
      new RebuildStory(regions.first(), screen, cli, narrator).tell();
    }
    if (options.shows(Story.CUT)) {
      new CutStory(regions, links, screen, narrator).tell();
    }
    if (options.shows(Story.TWIN)) {
      new TwinStory(regions, links, screen, narrator).tell();
    }
    return narrator.isSound();
  }

  private static String headline(RegionTopology topology) {
    var names = topology.regions();
    return names.size() == 1
        ? "a region with a Kafka broker, two MariaDB servers and a Flink cluster"
        : names.size()
            + " regions, "
            + String.join(", ", names)
            + ", each with a Kafka broker, MariaDB and a Flink cluster of its own";
  }

  /** Its log may tell why. */
  private void keepFiles() {
    var path = parts.keepFiles();
    if (path != null) {
      screen.line("The files are kept in " + path + "; see demo.log there.");
    }
  }

  private void sendFile(CommandClient client) throws IOException {
    screen.heading("Commands from a file, " + BANK_COMMANDS);
    var run =
        new SendRun(
            Sender.committed(client),
            new SendRun.Listener() {
              @Override
              public void replied(Command command, CommandReply reply, long sentNanos) {
                screen.line("  " + BankText.line(command, reply, screen.style()));
              }

              @Override
              public void failed(String where, String problem, @Nullable Command unanswered) {
                screen.line("  " + screen.style().bad(where + ": " + problem));
              }
            });
    var resource = Objects.requireNonNull(Demo.class.getResourceAsStream(BANK_COMMANDS));
    try (var lines = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      var number = 0L;
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        run.line(++number, line);
        // One after the other, so that it can be followed.
        run.await();
      }
    }
  }

  private boolean sendTraffic(DemoRegions regions) throws Exception {
    var first = regions.first();
    var job = first.job();
    var seconds = options.traffic().toSeconds();
    screen.heading(
        String.format(
            Locale.ROOT,
            "Traffic: up to %,d commands a second to 200 accounts of region %s for %d s%s",
            options.rate(),
            first.name(),
            seconds,
            options.shows(Story.CRASH) ? ", with two crashes" : ""));
    var times = new ReplyTimes(first.store().layout());
    var traffic = new TrafficRun(Sender.committed(first.client()), ledger, times, options.rate());
    SendSummary summary;
    try (var status = new LiveStatus(screen, traffic, regions)) {
      traffic.start();
      status.start();
      traffic.awaitWarm();
      if (options.shows(Story.CRASH)) {
        var crashes = new CrashStory(screen, times);
        pauseFor(3);
        crashes.killTaskManager(job);
        pauseFor(3);
        var south = first.servers().database("south");
        crashes.killDatabase("south", south, "north");
        pauseFor(3);
      } else {
        pauseFor(1);
      }
      summary = traffic.stop();
    }
    screen.line("");
    screen.print(out -> SummaryText.print(summary, out, screen.style()));
    if (traffic.lastFailure() != null) {
      screen.line(screen.style().bad("The last error was: " + traffic.lastFailure()));
    }
    return traffic.isComplete();
  }

  private void pauseFor(int parts) {
    Pause.millis(options.traffic().toMillis() / parts);
  }

  private boolean check(DemoRegion region) throws SQLException {
    screen.heading("Balances");
    var sound = new BalanceCheck(region.store(), screen).run(ledger.balances());
    screen.heading("The query table that followed: SELECT ... FROM balances, in MySQL");
    sound &= new QueryTableCheck(region.servers(), screen).run(ledger.balances());
    return sound;
  }

  /** What the regions hold in common is compared first: then nothing is on its way any more. */
  private boolean verify(DemoRegions regions) {
    var sound = true;
    if (regions.all().size() > 1) {
      screen.heading("Verify across: the same commits, states and conflicts in all regions");
      var files =
          regions.all().stream()
              .map(region -> region.config().toString())
              .collect(Collectors.joining(","));
      sound = ShownCommandLine.run(screen, cli, "verify", "--across", files, "--wait", "120");
    }
    screen.heading("Verify: the whole store of each region, and its events topic against it");
    for (var region : regions.all()) {
      sound &= ShownCommandLine.run(screen, cli, region.config(), "verify");
    }
    return sound;
  }

  private String verdict(boolean sound) {
    var seconds = String.format(Locale.ROOT, " (%.0f s)", screen.elapsed().toMillis() / 1000.0);
    return sound
        ? screen.style().good("Demo passed.") + seconds
        : screen.style().bad("Demo FAILED.") + seconds;
  }

  /** Whether somebody has ended it, so that a failure of {@link #run} means nothing. */
  public boolean isEnding() {
    return parts.isEnding();
  }

  /** Ends everything and deletes the files. */
  @Override
  public void close() {
    parts.close();
  }
}
