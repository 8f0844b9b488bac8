package dev.anabranch.embedded.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Talks to an echo server through the proxy, one line at a time, with a limit on each wait. */
@Timeout(30)
class TcpProxyTest {

  private static final int PATIENCE_MILLIS = 10_000;
  private static final int SILENCE_MILLIS = 200;

  private EchoServer server;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    server = new EchoServer();
    proxy = TcpProxy.open(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
  }

  @Test
  void whatIsSaidGoesThroughBothWays() throws Exception {
    try (var client = new Client()) {
      assertThat(client.ask("one")).isEqualTo("one");
      assertThat(client.ask("two")).isEqualTo("two");
      assertThat(server.requests()).containsExactly("one", "two");
    }
  }

  @Test
  void aCutClosesConnectionsAndRefusesNewOnes() throws Exception {
    try (var client = new Client()) {
      client.ask("before");

      proxy.cut();

      assertThatThrownBy(() -> client.ask("after")).isInstanceOf(SocketException.class);
      assertThatThrownBy(Client::new).isInstanceOf(ConnectException.class);
      assertThat(proxy.connections()).isZero();
    }
  }

  @Test
  void afterHealingTheSamePortServesAgain() throws Exception {
    int port = proxy.port();
    proxy.cut();

    proxy.heal();

    try (var client = new Client()) {
      assertThat(proxy.port()).isEqualTo(port);
      assertThat(client.ask("healed")).isEqualTo("healed");
    }
  }

  @Test
  void aBlackholeKeepsConnectionsAndSwallowsWhatIsSaid() throws Exception {
    try (var client = new Client()) {
      client.ask("before");

      proxy.blackhole();
      client.patience(SILENCE_MILLIS);

      assertThatThrownBy(() -> client.ask("lost")).isInstanceOf(SocketTimeoutException.class);
      assertThat(server.requests()).containsExactly("before");
      try (var late = new Client()) {
        late.patience(SILENCE_MILLIS);
        assertThatThrownBy(() -> late.ask("lost too")).isInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  @Test
  void healingABlackholeResetsConnectionsThatLostSomething() throws Exception {
    try (var untouched = new Client();
        var client = new Client()) {
      untouched.ask("before");
      proxy.blackhole();
      client.patience(SILENCE_MILLIS);
      assertThatThrownBy(() -> client.ask("lost")).isInstanceOf(SocketTimeoutException.class);

      proxy.heal();

      assertThatThrownBy(() -> client.ask("after")).isInstanceOf(SocketException.class);
      assertThat(untouched.ask("after")).isEqualTo("after");
    }
  }

  @Test
  void aDroppedResponseEndsTheConnectionAfterTheServerDidTheWork() throws Exception {
    try (var client = new Client()) {
      client.ask("before");

      proxy.dropResponses();

      assertThatThrownBy(() -> client.ask("done")).isInstanceOf(SocketException.class);
      assertThat(server.requests()).containsExactly("before", "done");
      assertThat(proxy.droppedResponses()).isEqualTo(1);
    }
  }

  @Test
  void onlyTheResponseToTheMarkedRequestIsDroppedAndOnlyOnce() throws Exception {
    proxy.dropResponseTo("COMMIT");
    try (var client = new Client()) {
      assertThat(client.ask("insert")).isEqualTo("insert");
      assertThatThrownBy(() -> client.ask("commit")).isInstanceOf(SocketException.class);
    }

    try (var client = new Client()) {
      assertThat(client.ask("commit")).isEqualTo("commit");
    }
    assertThat(server.requests()).containsExactly("insert", "commit", "commit");
  }

  @Test
  void aWithheldRequestDoesNotReachTheServerAndItsClientWaits() throws Exception {
    proxy.withhold("COMMIT");
    try (var client = new Client();
        var other = new Client()) {
      assertThat(client.ask("insert")).isEqualTo("insert");
      client.patience(SILENCE_MILLIS);

      assertThatThrownBy(() -> client.ask("commit")).isInstanceOf(SocketTimeoutException.class);

      assertThat(proxy.withheld()).isEqualTo(1);
      assertThat(other.ask("commit")).isEqualTo("commit");
      assertThat(server.requests()).containsExactly("insert", "commit");
    }
  }

  @Test
  void aWithheldAnswerIsOfARequestThatTheServerServed() throws Exception {
    proxy.withholdResponseTo("commit");
    try (var client = new Client()) {
      client.ask("insert");
      client.patience(SILENCE_MILLIS);

      assertThatThrownBy(() -> client.ask("commit")).isInstanceOf(SocketTimeoutException.class);

      assertThat(proxy.withheld()).isEqualTo(1);
      assertThat(server.requests()).containsExactly("insert", "commit");
      proxy.heal();
      assertThatThrownBy(() -> client.ask("after")).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aDelayLengthensTheRoundTripByTwiceAsMuch() throws Exception {
    try (var client = new Client()) {
      client.ask("warm");
      proxy.delayMillis(50);

      var start = System.nanoTime();
      client.ask("slow");

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(99));
    }
  }

  @Test
  void theEndOfTheServersAnswersIsPassedOn() throws Exception {
    try (var client = new Client()) {
      client.ask("before");

      client.endRequests();

      assertThat(client.read()).isNull();
    }
  }

  @Test
  void aServerThatIsNotThereLooksLikeABrokenConnection() throws Exception {
    server.close();

    assertThatThrownBy(
            () -> {
              try (var client = new Client()) {
                client.ask("anyone?");
              }
            })
        .isInstanceOf(SocketException.class);
  }

  /** A client that gives up waiting after its patience, so that no test can hang. */
  private final class Client implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader answers;

    Client() throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
      socket.setSoTimeout(PATIENCE_MILLIS);
      answers =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    void patience(int millis) throws IOException {
      socket.setSoTimeout(millis);
    }

    @Nullable String ask(String line) throws IOException {
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
      return read();
    }

    @Nullable String read() throws IOException {
      return answers.readLine();
    }

    void endRequests() throws IOException {
      socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
