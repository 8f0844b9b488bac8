package dev.anabranch.client;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link CommandClient} needs; {@link #build} says what is missing. */
public final class CommandClientBuilder {

  private static final Pattern CLIENT_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private @Nullable String bootstrapServers;
  private @Nullable String commandsTopic;
  private @Nullable String replyTopic;
  private String clientId = "anabranch-client";
  private Duration attemptTimeout = Duration.ofSeconds(5);
  private Duration timeout = Duration.ofSeconds(60);
  private int maxAttempts = 12;
  private int maxInFlight = 1_000;
  private Duration blockTimeout = Duration.ofSeconds(10);
  private Duration startTimeout = Duration.ofSeconds(30);
  private Map<String, String> properties = Map.of();
  private @Nullable Executor executor;

  CommandClientBuilder() {}

  /** Comma-separated {@code host:port}; required. */
  public CommandClientBuilder bootstrapServers(String servers) {
    this.bootstrapServers = servers;
    return this;
  }

  /** Required. */
  public CommandClientBuilder commandsTopic(String topic) {
    this.commandsTopic = topic;
    return this;
  }

  /**
   * Where replies to this client go; required. It must exist. Either the region's default reply
   * topic, shared with others, or one that the region's job is configured to allow.
   */
  public CommandClientBuilder replyTopic(String topic) {
    this.replyTopic = topic;
    return this;
  }

  /** Names threads, Kafka's clients and the source of the commands; default: anabranch-client. */
  public CommandClientBuilder clientId(String id) {
    this.clientId = id;
    return this;
  }

  /** How long to wait for a reply before sending again; default: 5 seconds. */
  public CommandClientBuilder attemptTimeout(Duration duration) {
    this.attemptTimeout = duration;
    return this;
  }

  /** How long to wait for a reply in all; default: a minute. */
  public CommandClientBuilder timeout(Duration duration) {
    this.timeout = duration;
    return this;
  }

  /** How often to send a command at most, the first time included; default: 12. */
  public CommandClientBuilder maxAttempts(int attempts) {
    this.maxAttempts = attempts;
    return this;
  }

  /** How many commands may be under way; default: 1,000. */
  public CommandClientBuilder maxInFlight(int commands) {
    this.maxInFlight = commands;
    return this;
  }

  /**
   * How long {@code send} may block for a place among the commands under way; default: 10 seconds.
   * Zero: fail at once.
   */
  public CommandClientBuilder blockTimeout(Duration duration) {
    this.blockTimeout = duration;
    return this;
  }

  /** How long {@link #build} may take to reach Kafka; default: 30 seconds. */
  public CommandClientBuilder startTimeout(Duration duration) {
    this.startTimeout = duration;
    return this;
  }

  /** Further settings of Kafka's clients, such as TLS and SASL. */
  public CommandClientBuilder properties(Map<String, String> kafkaProperties) {
    this.properties = Map.copyOf(kafkaProperties);
    return this;
  }

  /** Completes the futures; default: one thread of the client. */
  public CommandClientBuilder executor(Executor completions) {
    this.executor = completions;
    return this;
  }

  /**
   * Connects, and finds the end of the reply topic.
   *
   * @throws IllegalArgumentException if a setting is missing or makes no sense
   * @throws IllegalStateException if Kafka or one of the topics can't be reached
   */
  public CommandClient build() {
    if (!CLIENT_ID.matcher(clientId).matches()) {
      throw new IllegalArgumentException(
          "client id '" + clientId + "' must match " + CLIENT_ID.pattern());
    }
    check(maxAttempts > 0, "maxAttempts must be 1 or more");
    check(maxInFlight > 0, "maxInFlight must be 1 or more");
    check(isPositive(attemptTimeout), "attemptTimeout must be above zero");
    check(isPositive(timeout), "timeout must be above zero");
    var options =
        new ClientOptions(
            required(bootstrapServers, "bootstrapServers"),
            required(commandsTopic, "commandsTopic"),
            required(replyTopic, "replyTopic"),
            clientId,
            attemptTimeout,
            timeout,
            maxAttempts,
            maxInFlight,
            blockTimeout,
            properties);
    return CommandClient.open(options, startTimeout, executor);
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  private static String required(@Nullable String value, String name) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(
          "the command client has no " + name + "; call ." + name + "(...) before build()");
    }
    return value;
  }
}
