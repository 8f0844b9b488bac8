package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.mysql.cj.jdbc.MysqlDataSource;
import dev.anabranch.client.NotProjectedException;
import dev.anabranch.client.QueryClient;
import dev.anabranch.connectors.mysql.query.ProjectionTables;
import dev.anabranch.connectors.mysql.query.QueryConfig;
import dev.anabranch.connectors.mysql.query.QueryOwner;
import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.embedded.WorkDirectory;
import dev.anabranch.embedded.network.TcpProxy;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.message.CommandReply;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Waiting for a projection whose database freezes, refuses or is never reached. The token is one
 * that no projection has taken, so each wait ends at its timeout; how soon is what counts.
 */
class FrozenQueriesITCase {

  private static final CommandReply.Backing TOKEN =
      new CommandReply.Backing("eu", new LogPosition(1, 5), "");
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** Far less than any timeout of a socket or a pool here; a busy machine takes some of it. */
  private static final long PATIENCE_SECONDS = 4;

  private static WorkDirectory directory;
  private static EmbeddedDatabase server;
  private static TcpProxy proxy;

  @BeforeAll
  static void startServer() {
    directory = WorkDirectory.create("frozen");
    server = EmbeddedDatabase.start(directory.path());
    proxy = TcpProxy.open(server.port());
    var config = QueryConfig.of(server.jdbcUrl("q"), server.user(), server.password());
    var unused =
        new ProjectionTables(config, new QueryOwner("eu", "store-1", 4))
            .begin(ThingsReadModel.projection());
  }

  @AfterAll
  static void stopServer() {
    proxy.close();
    server.close();
    directory.close();
  }

  @AfterEach
  void heal() {
    proxy.heal();
  }

  @Test
  void aProjectionThatIsLateIsToldInTime() throws Exception {
    try (var client = QueryClient.of(source())) {
      assertThat(outcome(client)).hasMessageContaining("is 6 commits behind");
    }
  }

  @Test
  void aServerThatRefusesIsToldInTime() throws Exception {
    proxy.cut();
    try (var client = QueryClient.of(source())) {
      assertThat(outcome(client)).hasMessageContaining("can't be asked");
    }
  }

  @Test
  void aServerThatFreezesIsToldInTimeAndAskedAgainWhenItIsBack() throws Exception {
    try (var client = QueryClient.of(source())) {
      assertThat(outcome(client)).hasMessageContaining("commits behind");
      proxy.blackhole();
      assertThat(outcome(client)).hasMessageContaining("not answered within 1000 ms");
      assertThat(outcome(client)).isInstanceOf(NotProjectedException.class);

      proxy.heal();
      var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!outcome(client).getMessage().contains("commits behind")) {
        assertThat(System.nanoTime()).as("asked again").isLessThan(deadline);
      }
    }
  }

  @Test
  void aServerThatIsFrozenFromTheBeginningIsToldInTime() throws Exception {
    proxy.blackhole();
    try (var client = QueryClient.of(source())) {
      assertThat(outcome(client)).hasMessageContaining("not answered");
    }
  }

  @Test
  void closingFailsWhatWaitsForAFrozenServer() throws Exception {
    var client = QueryClient.of(source());
    assertThat(outcome(client)).hasMessageContaining("commits behind");
    proxy.blackhole();
    var waiting = client.projected(TOKEN, "things", Duration.ofDays(1));

    client.close();

    assertThat(failureOf(waiting)).hasMessageContaining("closed");
    assertThat(failureOf(client.projected(TOKEN, "things", TIMEOUT)))
        .hasMessageContaining("closed");
  }

  @Test
  void aPoolThatGivesNoConnectionHoldsNobodyUp() throws Exception {
    var blocked = new CountDownLatch(1);
    var source =
        source(
            () -> {
              blocked.countDown();
              new CountDownLatch(1).await();
              throw new SQLException("never");
            });
    var client = QueryClient.of(source);
    assertThat(outcome(client)).hasMessageContaining("not answered");
    assertThat(blocked.getCount()).isZero();
    var waiting = client.projected(TOKEN, "things", Duration.ofDays(1));

    client.close();

    assertThat(failureOf(waiting)).hasMessageContaining("closed");
  }

  @Test
  void anErrorOfTheDataSourceIsToldAndTheNextTokenServed() throws Exception {
    var broken = new AtomicBoolean(true);
    var real = source();
    var source =
        source(
            () -> {
              if (broken.get()) {
                throw new NoClassDefFoundError("com/acme/Missing");
              }
              return real.getConnection();
            });
    try (var client = QueryClient.of(source)) {
      assertThat(outcome(client)).hasMessageContaining("com/acme/Missing");
      broken.set(false);
      assertThat(outcome(client)).hasMessageContaining("commits behind");
    }
  }

  @Test
  void timeoutsOfAnySizeAreTaken() throws Exception {
    try (var client = QueryClient.of(source())) {
      for (var none : new Duration[] {Duration.ZERO, Duration.ofSeconds(Long.MIN_VALUE)}) {
        assertThat(failureOf(client.projected(TOKEN, "things", none)))
            .isInstanceOf(NotProjectedException.class);
      }
      var longest = client.projected(TOKEN, "things", Duration.ofSeconds(Long.MAX_VALUE));
      assertThat(outcome(client)).hasMessageContaining("commits behind");
      assertThat(longest).isNotDone();
    }
  }

  // -- Inside.

  private static Throwable outcome(QueryClient client) throws Exception {
    return failureOf(client.projected(TOKEN, "things", TIMEOUT));
  }

  /** Fails if it does not come in time. */
  private static Throwable failureOf(CompletableFuture<Void> waiting) throws Exception {
    var thrown = catchThrowable(() -> waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertThat(thrown).isInstanceOf(ExecutionException.class);
    return thrown.getCause();
  }

  private static DataSource source() throws SQLException {
    var source = new MysqlDataSource();
    source.setUrl(server.jdbcUrl("q", proxy.port()));
    source.setUser(server.user());
    source.setPassword(server.password());
    return source;
  }

  private interface Connecting {
    Object connect() throws Throwable;
  }

  private static DataSource source(Connecting connecting) {
    return (DataSource)
        Proxy.newProxyInstance(
            FrozenQueriesITCase.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, arguments) ->
                method.getName().equals("getConnection") ? connecting.connect() : null);
  }
}
