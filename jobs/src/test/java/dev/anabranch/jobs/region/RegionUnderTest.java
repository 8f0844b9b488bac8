package dev.anabranch.jobs.region;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.causality.RegionId;
import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.embedded.KafkaProcess;
import dev.anabranch.embedded.network.TcpProxy;
import dev.anabranch.jobs.CommandJobUnderTest;
import dev.anabranch.jobs.CrossRegionJob;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.operators.task.DomainLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A region of its own for each test method, on servers that all tests of the JVM share: topics in a
 * real Kafka, event tables in two real databases, and the command job on a Flink cluster.
 *
 * <pre>{@code
 * @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();
 *
 * @Test
 * void anAcceptedCommandSurvivesACrash() {
 *   region.start();
 *   region.handle("Purse/a", "deposit 5");
 *   region.crashAt(CrashPoint.AFTER_APPEND);
 *   region.handle("Purse/a", "deposit 6");   // the client sends again until it is answered
 *   region.verify();
 * }
 * }</pre>
 *
 * <p><b>Job.</b> {@link #start} and {@link #startFrom} submit it, at most one at a time; {@link
 * #job} takes checkpoints and savepoints of it and kills it. {@link #submit} runs a second one
 * beside it.
 *
 * <p><b>Faults.</b> {@link #crashAt} fails a task at a point of a row's way; {@link
 * #killTaskManagers} fails all at once; {@link #database} and {@link #kafka} can be killed, stopped
 * and restarted; {@link #databaseProxy} and {@link #kafkaProxy} stand between the job and each
 * server. Whatever is still broken after a test is mended before the next.
 *
 * <p><b>Verdict.</b> {@link #verify}, when nothing is under way.
 */
public final class RegionUnderTest implements BeforeEachCallback, AfterEachCallback {

  private static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(10);
  private static final AtomicInteger REGIONS = new AtomicInteger();
  private final DomainLoader domain;
  private final Map<String, String> extraOptions = new HashMap<>();
  private int parallelism = 1;
  private Duration patience = Await.TIMEOUT;
  private @Nullable KafkaProcess ownKafka;

  // -- Of one test.
  private @Nullable Running running;

  private record Running(
      TestServers servers, String name, List<JobUnderTest> jobs, List<JobUnderTest> merging) {}

  private @Nullable CommandClient client;

  private RegionUnderTest(DomainLoader domain) {
    this.domain = domain;
  }

  public static RegionUnderTest of(DomainLoader domain) {
    return new RegionUnderTest(domain);
  }

  /** A region of {@link PurseDomain}. */
  public static RegionUnderTest ofPurses() {
    return of(loader -> AggregateTypes.of(new PurseDomain()));
  }

  /** Sets an option of the job for its next submissions. */
  public RegionUnderTest option(String key, String value) {
    extraOptions.put(key, value);
    return this;
  }

  /** How long a command may wait for its reply. */
  public RegionUnderTest patience(Duration commands) {
    patience = commands;
    return this;
  }

  /**
   * The region's topics are in that cluster instead of the one that tests share. The option {@code
   * kafka.bootstrap-servers}, how its jobs reach it, is up to the test.
   */
  public RegionUnderTest in(KafkaProcess broker) {
    ownKafka = broker;
    return this;
  }

  /** How many subtasks the job has at its next submissions; 1 unless set. */
  public RegionUnderTest parallelism(int subtasks) {
    this.parallelism = subtasks;
    return this;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    var servers = TestServers.of(context);
    servers.repair();
    var name = "r" + REGIONS.incrementAndGet();
    running = new Running(servers, name, new ArrayList<>(), new ArrayList<>());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    var ended = running();
    ended.servers.repair();
    if (client != null) {
      client.close();
      client = null;
    }
    ended.merging.forEach(JobUnderTest::kill);
    ended.jobs.forEach(JobUnderTest::kill);
    Crashes.forget(ended.name);
    running = null;
  }

  // -- The job.

  /** Submits the job without a checkpoint and waits until it runs. */
  public JobUnderTest start() {
    return submitAndAwait(null);
  }

  /** Submits the job from a checkpoint or savepoint and waits until it runs. */
  public JobUnderTest startFrom(String path) {
    return submitAndAwait(path);
  }

  /** Stops the job with a savepoint and goes on from it with as many subtasks. */
  public JobUnderTest rescale(int subtasks) {
    var savepoint = job().stopWithSavepoint();
    return parallelism(subtasks).startFrom(savepoint);
  }

  /** The job submitted last. */
  public JobUnderTest job() {
    var jobs = running().jobs;
    if (jobs.isEmpty()) {
      throw new IllegalStateException("no job was submitted: call start() first");
    }
    return jobs.get(jobs.size() - 1);
  }

  /**
   * Submits the job and does not wait.
   *
   * @param path checkpoint or savepoint to start from; null: none
   * @param options that differ from the region's, by key
   */
  public JobUnderTest submit(@Nullable String path, Map<String, String> options) {
    var env =
        CommandJobUnderTest.prepare(new Configuration(), options(options), domain, wrappers());
    var graph = env.getStreamGraph();
    graph.setJobName("commands-" + name());
    var job = graph.getJobGraph();
    if (path != null) {
      job.setSavepointRestoreSettings(
          SavepointRestoreSettings.forPath(path, false, RecoveryClaimMode.NO_CLAIM));
    }
    return submit(job);
  }

  /** Submits a job graph that a test made for this region; it becomes {@link #job}. */
  public JobUnderTest submit(JobGraph job) {
    var submitted = submitBeside(job);
    running().jobs.add(submitted);
    return submitted;
  }

  /**
   * Submits the region's cross-region job and waits until it runs.
   *
   * @param connections the options of the job that a region has not, by key
   */
  public JobUnderTest startCrossRegion(Map<String, String> connections) {
    var settings = settings();
    settings.putAll(connections);
    var options = CrossRegionJobOptions.from(Settings.of(settings));
    var env = new StreamExecutionEnvironment(clusterConfiguration());
    CrossRegionJob.prepare(env, options, domain);
    var graph = env.getStreamGraph();
    graph.setJobName(CrossRegionJob.nameOf(options));
    var job = submitBeside(graph.getJobGraph());
    running().merging.add(job);
    job.awaitRunning();
    return job;
  }

  /** Submits a job graph that a test made; the test ends it. */
  public JobUnderTest submitBeside(JobGraph job) {
    var flink = running().servers.flink();
    try {
      var unused = flink.submitJob(job).get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the job was not accepted", e);
    }
    return new JobUnderTest(
        running().servers,
        job.getJobID(),
        RegionSettings.checkpoints(running().servers, name()),
        RegionSettings.savepoints(running().servers, name()));
  }

  /** Of the Flink cluster that jobs are submitted to. */
  public Configuration clusterConfiguration() {
    return running().servers.flink().getConfiguration();
  }

  // -- Commands.

  /** Connected to Kafka past the proxy; sends again after two seconds without a reply. */
  public CommandClient client() {
    var current = client;
    if (current == null) {
      current =
          CommandClient.builder()
              .bootstrapServers(kafka().bootstrapServers())
              .commandsTopic("commands." + name())
              .replyTopic("replies." + name())
              .attemptTimeout(Duration.ofSeconds(2))
              .timeout(patience)
              .maxAttempts(1_000)
              .maxInFlight(200)
              .blockTimeout(Await.TIMEOUT)
              .build();
      client = current;
    }
    return current;
  }

  /** A command of {@link PurseDomain} for an aggregate, {@code Purse/id}. */
  public static Command purseCommand(String aggregate, String command) {
    var slash = aggregate.indexOf('/');
    var type = aggregate.startsWith("Pouch/") ? PurseDomain.POUCH : PurseDomain.PURSE;
    return Command.of(type, aggregate.substring(slash + 1), command);
  }

  public CompletableFuture<CommandReply> send(Command command) {
    return client().send(command, ReplyLevel.COMMITTED);
  }

  /** Sends a command of {@link PurseDomain} and waits for its reply. */
  public CommandReply handle(String aggregate, String command) {
    return handle(purseCommand(aggregate, command));
  }

  public CommandReply handle(Command command) {
    return send(command).join();
  }

  /** Begins to send random commands to that many purses. */
  public Load load(int aggregates, long seed) {
    return load(
        seed,
        random ->
            purseCommand("Purse/" + random.nextInt(aggregates), PurseDomain.randomCommand(random)));
  }

  public Load load(long seed, Function<Random, Command> commands) {
    return new Load(client(), seed, commands);
  }

  /** Sends random commands to that many purses, each once, by a producer of its own. */
  public OnceSender once(int aggregates, long seed) {
    return new OnceSender(this, patience, aggregates, seed);
  }

  // -- Faults.

  /** Fails the task whose row comes next to this point; waiting for it is up to the test. */
  public void crashAt(CrashPoint point) {
    crashAt(point, 1);
  }

  /** Fails the task whose row comes to this point as the n-th from here on. */
  public void crashAt(CrashPoint point, int nth) {
    Crashes.of(name()).arm(point, nth);
  }

  /** How often {@link #crashAt} has failed a task. */
  public long crashes() {
    return Crashes.of(name()).happened();
  }

  public void killTaskManagers() {
    running().servers.replaceTaskManagers();
  }

  public KafkaProcess kafka() {
    var own = ownKafka;
    return own == null ? running().servers.kafka() : own;
  }

  /** Where the cluster that tests share has its files. */
  public Path kafkaDirectory() {
    return running().servers.directory().resolve("kafka");
  }

  /** Between the job and Kafka. */
  public TcpProxy kafkaProxy() {
    return running().servers.kafkaProxy();
  }

  /** One of two: 0 holds the lower half of the shards. */
  public EmbeddedDatabase database(int index) {
    return running().servers.database(index);
  }

  /** Between the job and a database. */
  public TcpProxy databaseProxy(int index) {
    return running().servers.databaseProxy(index);
  }

  // -- What came of it.

  public String name() {
    return running().name;
  }

  /** Every row of the store, by shard, each shard in order. */
  public List<LogRow> stored() {
    return outputs().stored();
  }

  /** The rows that a reader of the events topic applies. */
  public List<LogRow> published() {
    return outputs().published("events." + name()).rows();
  }

  /** How many records of the events topic a reader drops, since it had their rows before. */
  public long publishedRepeats() {
    return outputs().published("events." + name()).result().repeats();
  }

  /** Publishes a row again, as {@code anabranch events republish} does. */
  public void republish(LogRow row) {
    outputs().republish("events." + name(), row);
  }

  public List<CommandReply> replies() {
    return outputs().replies("replies." + name());
  }

  public List<MessageRecord> deadLetters() {
    return outputs().messages("dead-letters." + name());
  }

  /** All records of a topic of the region's Kafka. */
  public List<MessageRecord> messages(String topic) {
    return outputs().messages(topic);
  }

  /**
   * Checks everything that must hold when nothing is under way: per shard offsets 0, 1, 2 ..., per
   * aggregate versions 1, 2, 3 ..., each command id once; the events topic gives a reader the same
   * rows, byte for byte, and in order; each reply says what its row says; each outcome is what its
   * command makes of the state before; and, if a job runs, its state is the fold of the store.
   *
   * @throws AssertionError listing what does not hold
   */
  public void verify() {
    var jobs = running().jobs;
    var state = jobs.isEmpty() || job().status().isGloballyTerminalState() ? null : keyedState();
    var verification = new Verification(RegionSettings.SHARDS).store(stored());
    if (state != null) {
      verification.state(
          state, domain.load(getClass().getClassLoader()), new RegionId(name()), regions());
    }
    verification
        .published(allPublished())
        .replies(replies(), domain.load(getClass().getClassLoader()))
        .decisions(outputs().messages("commands." + name()));
    if (!verification.problems().isEmpty()) {
      throw new AssertionError(
          "region " + name() + ":\n  " + String.join("\n  ", verification.problems()));
    }
  }

  // -- Inside.

  private List<RegionId> regions() {
    return Stream.of(extraOptions.getOrDefault("regions.names", name()).split(","))
        .map(RegionId::new)
        .toList();
  }

  /** Transactions that the savepoint ended are committed a moment after it. */
  private RegionOutputs.Published allPublished() {
    var rows = stored().size();
    var topic = "events." + name();
    return Await.valueWithin(
            PUBLISH_TIMEOUT,
            () ->
                Optional.of(outputs().published(topic))
                    .filter(published -> published.rows().size() >= rows))
        .orElseGet(() -> outputs().published(topic));
  }

  /** The aggregate's encoded state, as a savepoint of the running job has it. */
  public byte[] keyedStateOf(String aggregate) {
    var found = keyedState().aggregates().get(aggregate);
    return found == null ? new byte[0] : found.state();
  }

  /** The savepoint's flush also brings the last rows and replies to Kafka. */
  private KeyedStateDump keyedState() {
    try {
      return KeyedStateDump.of(running().servers.flink(), job().savepoint(), RegionSettings.SHARDS);
    } catch (Exception e) {
      throw new IllegalStateException("the savepoint can't be read", e);
    }
  }

  private JobUnderTest submitAndAwait(@Nullable String path) {
    var job = submit(path, Map.of());
    job.awaitRunning();
    return job;
  }

  private CommandJobUnderTest.Wrappers wrappers() {
    var region = name();
    return new CommandJobUnderTest.Wrappers(
        store -> new CrashingStore(region, store),
        events -> CrashingSink.around(events, region, CrashPoint.BEFORE_PUBLISH, List.of()),
        replies ->
            CrashingSink.around(
                replies, region, CrashPoint.BEFORE_REPLY, List.of(CrashPoint.AFTER_REPLY)));
  }

  /** The options with which the region's jobs are submitted, by key. */
  public Map<String, String> settings() {
    var settings = RegionSettings.throughProxies(running().servers, name(), parallelism);
    settings.putAll(extraOptions);
    return settings;
  }

  private CommandJobOptions options(Map<String, String> overrides) {
    var all = settings();
    all.putAll(overrides);
    return CommandJobOptions.from(Settings.of(all));
  }

  private RegionOutputs outputs() {
    var direct = RegionSettings.directUrls(running().servers, name());
    var store = new MySqlEventStoreFactory(options(direct).store().config());
    return new RegionOutputs(store, KafkaConnection.to(kafka().bootstrapServers()));
  }

  private Running running() {
    var current = running;
    if (current == null) {
      throw new IllegalStateException("register the region with @RegisterExtension");
    }
    return current;
  }
}
