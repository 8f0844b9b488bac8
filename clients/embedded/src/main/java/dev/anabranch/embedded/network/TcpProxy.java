package dev.anabranch.embedded.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a server on the loopback interface and makes the network fail on
 * request.
 *
 * <p>It forwards until told otherwise; each fault lasts until {@link #heal()} or another one. The
 * port stays the same throughout.
 *
 * <p><b>Bounds.</b> At most 1,000 connections; more are closed at once. Two threads and one buffer
 * of 64 KiB for each direction of a connection.
 *
 * <p><b>Threads.</b> All daemons. Safe for use by many; a fault applies to bytes that the proxy
 * reads after the call.
 */
public final class TcpProxy implements AutoCloseable {

  private static final int MAX_CONNECTIONS = 1_000;
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

  /** What happens to bytes that arrive. */
  enum Mode {
    FORWARD,
    CUT,
    BLACKHOLE,
    DROP_RESPONSES
  }

  /** What happens to the one request that is marked. */
  enum Fault {
    DROP_RESPONSE,
    WITHHOLD_REQUEST,
    WITHHOLD_RESPONSE
  }

  private record Mark(byte[] text, Fault fault) {}

  private final int port;
  private final int targetPort;
  private final Set<ProxyConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong droppedResponses = new AtomicLong();
  private final AtomicLong withheld = new AtomicLong();
  private final AtomicReference<@Nullable Mark> marked = new AtomicReference<>();
  private volatile Mode mode = Mode.CUT;
  private volatile int delayMillis;
  private @Nullable Listener listener;

  private record Listener(ServerSocket socket, Thread acceptor) {}

  private TcpProxy(int port, int targetPort) {
    this.port = port;
    this.targetPort = targetPort;
  }

  /** Forwards a free port. The target need not be there yet. */
  public static TcpProxy open(int targetPort) {
    return open(FreePorts.pick(), targetPort);
  }

  public static TcpProxy open(int port, int targetPort) {
    var proxy = new TcpProxy(port, targetPort);
    proxy.heal();
    return proxy;
  }

  public int port() {
    return port;
  }

  /** Closes all connections with a reset and refuses new ones. */
  public synchronized void cut() {
    mode = Mode.CUT;
    closeListener();
    synchronized (connections) {
      connections.forEach(ProxyConnection::reset);
    }
  }

  /**
   * Ends every fault. Connections that a fault took bytes from are closed with a reset, as no
   * protocol survives a hole.
   */
  public synchronized void heal() {
    mode = Mode.FORWARD;
    delayMillis = 0;
    marked.set(null);
    connections.stream().filter(ProxyConnection::lostBytes).forEach(ProxyConnection::reset);
    if (listener == null) {
      listener = listen();
    }
  }

  /** Keeps connections open and accepts new ones, and swallows everything both sides say. */
  public void blackhole() {
    interfere(Mode.BLACKHOLE);
  }

  /**
   * Forwards requests; the first bytes of an answer close their connection with a reset instead of
   * reaching the client. The server has done what was asked, and the client cannot know.
   */
  public void dropResponses() {
    interfere(Mode.DROP_RESPONSES);
  }

  /**
   * Does the same once, to the next request that contains the text in ASCII of any case, for
   * instance {@code "commit"}, in one piece, as a small request arrives. Meant for protocols in
   * which a request waits for the answer to the one before, as MySQL's does.
   */
  public void dropResponseTo(String request) {
    mark(request, Fault.DROP_RESPONSE);
  }

  /**
   * The next request that contains the text, as for {@link #dropResponseTo}, never reaches the
   * server, nor does anything that its connection says after it; client and server both wait. So
   * the client can be killed at exactly this step.
   */
  public void withhold(String request) {
    mark(request, Fault.WITHHOLD_REQUEST);
  }

  /** Withholds the answer: the server has done what was asked, and the client still waits. */
  public void withholdResponseTo(String request) {
    mark(request, Fault.WITHHOLD_RESPONSE);
  }

  private void mark(String request, Fault fault) {
    marked.set(new Mark(lowerCase(request.getBytes(StandardCharsets.US_ASCII)), fault));
  }

  /**
   * Holds what arrives for this long, in each direction, so that a round trip takes twice as much
   * longer; 0 ends it. A connection's throughput is limited to a buffer for each delay.
   */
  public void delayMillis(int millis) {
    delayMillis = millis;
  }

  /** How many connections are open. */
  public int connections() {
    return connections.size();
  }

  /** How many answers were kept from clients so far. */
  public long droppedResponses() {
    return droppedResponses.get();
  }

  /** How many requests and answers were withheld so far. */
  public long withheld() {
    return withheld.get();
  }

  @Override
  public void close() {
    cut();
  }

  // -- For the connections.

  Mode mode() {
    return mode;
  }

  int delayMillis() {
    return delayMillis;
  }

  /** What is to happen to the request; not null for one only, the first with the marked text. */
  @Nullable Fault takeMark(byte[] buffer, int length) {
    var mark = marked.get();
    return mark != null && contains(buffer, length, mark.text) && marked.compareAndSet(mark, null)
        ? mark.fault
        : null;
  }

  void countWithheld() {
    withheld.incrementAndGet();
  }

  void countDroppedResponse() {
    droppedResponses.incrementAndGet();
  }

  void closed(ProxyConnection connection) {
    connections.remove(connection);
  }

  // -- Listening.

  private synchronized void interfere(Mode fault) {
    if (listener == null) {
      listener = listen();
    }
    mode = fault;
  }

  private Listener listen() {
    try {
      var socket = new ServerSocket();
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return new Listener(
          socket, startThread("proxy-" + port + "-accept", () -> acceptAll(socket)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on port " + port, e);
    }
  }

  /** Waits for the acceptor, because the system goes on accepting while a thread is at it. */
  private void closeListener() {
    if (listener == null) {
      return;
    }
    try {
      listener.socket().close();
      listener.acceptor().join();
      listener = null;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot stop listening on port " + port, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      listener = null;
    }
  }

  private void acceptAll(ServerSocket socket) {
    while (true) {
      Socket client;
      try {
        client = socket.accept();
      } catch (IOException closed) {
        return;
      }
      connect(client);
    }
  }

  private void connect(Socket client) {
    var server = new Socket();
    var connection = new ProxyConnection(this, client, server);
    try {
      server.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort),
          CONNECT_TIMEOUT_MILLIS);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    } catch (IOException unreachable) {
      connection.reset();
      return;
    }
    synchronized (connections) {
      if (mode == Mode.CUT || connections.size() >= MAX_CONNECTIONS) {
        connection.reset();
        return;
      }
      connections.add(connection);
    }
    startThread("proxy-" + port + "-requests", connection::pumpRequests);
    startThread("proxy-" + port + "-responses", connection::pumpResponses);
  }

  private static Thread startThread(String name, Runnable work) {
    var thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static boolean contains(byte[] buffer, int length, byte[] lowerCaseText) {
    for (int start = 0; start <= length - lowerCaseText.length; start++) {
      int matched = 0;
      while (matched < lowerCaseText.length
          && lowerCase(buffer[start + matched]) == lowerCaseText[matched]) {
        matched++;
      }
      if (matched == lowerCaseText.length) {
        return true;
      }
    }
    return false;
  }

  private static byte[] lowerCase(byte[] text) {
    var lower = new byte[text.length];
    for (int i = 0; i < text.length; i++) {
      lower[i] = lowerCase(text[i]);
    }
    return lower;
  }

  private static byte lowerCase(byte character) {
    return character >= 'A' && character <= 'Z' ? (byte) (character + 32) : character;
  }
}
