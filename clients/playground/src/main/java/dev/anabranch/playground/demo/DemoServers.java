package dev.anabranch.playground.demo;

import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.embedded.KafkaBroker;
import dev.anabranch.embedded.KafkaBrokerConfig;
import dev.anabranch.embedded.ServerConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** The broker and the databases of one of the demo's regions, started all at once. */
final class DemoServers implements AutoCloseable {

  static final String QUERY_DATABASE = "north";
  static final String QUERY_SCHEMA = "queries";
  private static final String SCHEMA = "anabranch";
  private static final int BUFFER_POOL_MEGABYTES = 64;

  private final Path directory;
  private final int proxies;
  private final Function<KafkaBrokerConfig, KafkaBroker> brokers;
  private final CompletableFuture<KafkaBroker> kafka = new CompletableFuture<>();
  private final Map<String, CompletableFuture<EmbeddedDatabase>> databases = new LinkedHashMap<>();
  private boolean starting;
  private boolean closed;

  /**
   * @param databaseNames one of them {@link #QUERY_DATABASE}
   * @param proxies how many can be opened in front of the broker
   */
  DemoServers(
      Path directory,
      List<String> databaseNames,
      int proxies,
      Function<KafkaBrokerConfig, KafkaBroker> brokers) {
    this.directory = directory;
    this.proxies = proxies;
    this.brokers = brokers;
    databaseNames.forEach(name -> databases.put(name, new CompletableFuture<>()));
  }

  /** Starts all of them; {@link #await} returns when they serve. */
  synchronized void start() {
    if (closed) {
      throw new IllegalStateException("the demo is ending");
    }
    starting = true;
    var config = KafkaBrokerConfig.in(directory.resolve("kafka")).withProxies(proxies);
    inBackground(kafka, () -> brokers.apply(config));
    databases.forEach(
        (name, database) ->
            inBackground(
                database,
                () ->
                    EmbeddedDatabase.start(
                        ServerConfig.in(directory.resolve(name))
                            .withBufferPoolMegabytes(BUFFER_POOL_MEGABYTES))));
  }

  /** Returns when all of them serve. */
  void await(String region, DemoScreen screen) {
    for (var name : databaseNames()) {
      var database = database(name);
      screen.step(
          "%s: database %s at 127.0.0.1:%d (process %d)",
          region, name, database.port(), database.pid());
    }
    screen.step("%s: kafka at %s", region, bootstrapServers());
  }

  List<String> databaseNames() {
    return List.copyOf(databases.keySet());
  }

  KafkaBroker kafka() {
    return started(kafka);
  }

  String bootstrapServers() {
    return started(kafka).bootstrapServers();
  }

  EmbeddedDatabase database(String name) {
    var database = databases.get(name);
    if (database == null) {
      throw new IllegalArgumentException("no database " + name);
    }
    return started(database);
  }

  String jdbcUrl(String name) {
    return database(name).jdbcUrl(SCHEMA);
  }

  /** Where the tables of projections are. */
  String queryUrl() {
    return database(QUERY_DATABASE).jdbcUrl(QUERY_SCHEMA);
  }

  /** Databases are killed: nobody needs their data any more. */
  @Override
  public synchronized void close() {
    closed = true;
    if (!starting) {
      return;
    }
    databases.values().forEach(database -> end(database, EmbeddedDatabase::kill));
    end(kafka, KafkaBroker::close);
  }

  /** One that is still starting is waited for: it would be left running. */
  private static <T> void end(CompletableFuture<T> server, Consumer<T> stop) {
    server
        .handle(
            (started, failure) -> {
              if (failure == null) {
                stop.accept(started);
              }
              return null;
            })
        .join();
  }

  private static <T> T started(CompletableFuture<T> server) {
    try {
      return server.join();
    } catch (CompletionException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalStateException("a server did not start: " + cause.getMessage(), cause);
    }
  }

  private static <T> void inBackground(CompletableFuture<T> result, Supplier<T> start) {
    var thread =
        new Thread(
            () -> {
              try {
                result.complete(start.get());
              } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            },
            "demo-start");
    thread.setDaemon(true);
    thread.start();
  }
}
