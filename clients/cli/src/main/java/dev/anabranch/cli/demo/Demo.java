package dev.anabranch.cli.demo;

import dev.anabranch.cli.send.SendRun;
import dev.anabranch.cli.send.SendSummary;
import dev.anabranch.cli.send.Sender;
import dev.anabranch.cli.text.ReportText;
import dev.anabranch.cli.text.Style;
import dev.anabranch.cli.text.SummaryText;
import dev.anabranch.cli.verify.VerificationProgress;
import dev.anabranch.cli.verify.Verifier;
import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.connectors.kafka.EventTopicReader;
import dev.anabranch.connectors.mysql.MySqlEventStoreFactory;
import dev.anabranch.jobs.CommandJobOptions;
import dev.anabranch.jobs.ProjectionJobOptions;
import dev.anabranch.model.CommandReply;
import dev.anabranch.store.EventStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One run of the demo, from starting the servers to verifying what they hold.
 *
 * <p><b>Lifecycle.</b> {@link #run} returns when all is shown; the region runs until {@link
 * #close}, which also deletes its files. If the JVM is told to end, a shutdown hook closes.
 */
public final class Demo implements AutoCloseable {

  private static final String BANK_COMMANDS = "bank.jsonl";

  private final DemoOptions options;
  private final DemoScreen screen;
  private final DemoParts parts = new DemoParts();
  private final Ledger ledger = new Ledger();

  public Demo(DemoOptions options, PrintWriter out, Style style) {
    this.options = options;
    this.screen = new DemoScreen(out, style);
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
    screen.line(
        screen.style().bold("Anabranch demo")
            + ": a region with a Kafka broker, two MariaDB servers and a Flink cluster");
    screen.step("files: %s", directory.path());
    var servers = parts.startServers(screen);
    var config = directory.resolve("region.yaml");
    var region = DemoConfig.write(config, servers, directory.resolve("checkpoints"));
    var job = parts.startJob(region, options.web());
    screen.step("flink: schema and topics are created, the command job runs");
    job.startProjections(ProjectionJobOptions.fromArgs("--config", config.toString()));
    screen.step("flink: the projection job fills the tables of the bank in schema queries");
    if (options.web()) {
      screen.step("flink's web interface: %s", job.webAddress());
    }
    var store = parts.use(new MySqlEventStoreFactory(region.store().config()).open());
    var client = parts.use(client(region));
    sendFile(client);
    var sound = sendTraffic(client, store, job, servers);
    client.close();
    sound &= check(region, store, servers);
    screen.line("");
    screen.line(verdict(sound));
    if (options.keep()) {
      screen.print(out -> DemoAddresses.print(out, screen.style(), region, servers, job, config));
    }
    return sound;
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
        var unused = run.await();
      }
    }
  }

  private boolean sendTraffic(
      CommandClient client, EventStore store, DemoJob job, DemoServers servers) throws Exception {
    var seconds = options.traffic().toSeconds();
    screen.heading(
        String.format(
            Locale.ROOT,
            "Traffic: %,d commands a second to 200 accounts for %d s%s",
            options.rate(),
            seconds,
            options.crash() ? ", with two crashes" : ""));
    var times = new ReplyTimes(store.layout());
    var traffic = new TrafficRun(Sender.committed(client), ledger, times, options.rate());
    SendSummary summary;
    try (var status = new LiveStatus(screen, traffic, job, store)) {
      traffic.start();
      status.start();
      if (options.crash()) {
        var crashes = new Crashes(screen, times);
        pauseFor(3);
        crashes.killTaskManager(job);
        pauseFor(3);
        var south = servers.database("south");
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
    return summary.isComplete();
  }

  private void pauseFor(int parts) {
    Pause.millis(options.traffic().toMillis() / parts);
  }

  private boolean check(CommandJobOptions region, EventStore store, DemoServers servers)
      throws SQLException {
    screen.heading("Balances");
    var sound = new BalanceCheck(store, screen).run(ledger.balances());
    screen.heading("The query table that followed: SELECT ... FROM balances, in MySQL");
    sound &= new QueryTableCheck(servers, screen).run(ledger.balances());
    screen.heading("Verify: the whole store, and the events topic against it");
    var topic = new EventTopicReader(region.kafka(), region.events().topic(), store.layout());
    var report = new Verifier(store, topic::read, false, VerificationProgress.NONE).run();
    screen.print(out -> ReportText.print(report, out, screen.style()));
    return sound && report.clean();
  }

  private String verdict(boolean sound) {
    var seconds = String.format(Locale.ROOT, " (%.0f s)", screen.elapsed().toMillis() / 1000.0);
    return sound
        ? screen.style().good("Demo passed.") + seconds
        : screen.style().bad("Demo FAILED.") + seconds;
  }

  private static CommandClient client(CommandJobOptions region) {
    return CommandClient.builder()
        .bootstrapServers(region.kafka().bootstrapServers())
        .commandsTopic(region.commands().topic())
        .replyTopic(region.replies().topic())
        .clientId("anabranch-demo")
        .attemptTimeout(Duration.ofSeconds(5))
        .timeout(Duration.ofMinutes(2))
        .maxAttempts(100)
        .maxInFlight(5_000)
        .blockTimeout(Duration.ofMinutes(2))
        .build();
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
