package dev.anabranch.cli.demo;

import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.embedded.EmbeddedKafka;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The broker and the databases of the demo, started all at once. */
final class DemoServers implements AutoCloseable {

  static final List<String> DATABASES = List.of("north", "south");
  static final String QUERY_DATABASE = "north";
  static final String QUERY_SCHEMA = "queries";
  private static final String SCHEMA = "anabranch";

  private final DemoDirectory directory;
  private final CompletableFuture<EmbeddedKafka> kafka = new CompletableFuture<>();
  private final Map<String, CompletableFuture<EmbeddedDatabase>> databases = new LinkedHashMap<>();
  private boolean starting;
  private boolean closed;

  DemoServers(DemoDirectory directory) {
    this.directory = directory;
    DATABASES.forEach(name -> databases.put(name, new CompletableFuture<>()));
  }

  /** Returns when all of them serve. */
  void start(DemoScreen screen) {
    startAll();
    for (var name : DATABASES) {
      var database = database(name);
      screen.step("database %s: 127.0.0.1:%d (process %d)", name, database.port(), database.pid());
    }
    screen.step("kafka: %s", bootstrapServers());
  }

  private synchronized void startAll() {
    if (closed) {
      throw new IllegalStateException("the demo is ending");
    }
    starting = true;
    inBackground(kafka, () -> EmbeddedKafka.start(directory.resolve("kafka")));
    databases.forEach(
        (name, database) ->
            inBackground(database, () -> EmbeddedDatabase.start(directory.resolve(name))));
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
    end(kafka, EmbeddedKafka::close);
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
