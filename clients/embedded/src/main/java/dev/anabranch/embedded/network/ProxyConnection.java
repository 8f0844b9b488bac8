package dev.anabranch.embedded.network;

import java.io.IOException;
import java.net.Socket;

/**
 * One connection through a {@link TcpProxy}: a socket on each side and a thread for each direction.
 *
 * <p>The end of one direction is passed on and leaves the other open, as TCP does.
 */
final class ProxyConnection {

  private static final int BUFFER_BYTES = 64 * 1024;

  private final TcpProxy proxy;
  private final Socket client;
  private final Socket server;
  private volatile boolean dropsNextResponse;
  private volatile boolean withholdsRequests;
  private volatile boolean withholdsResponses;
  private volatile boolean lostBytes;
  private int endedDirections; // guarded by this

  ProxyConnection(TcpProxy proxy, Socket client, Socket server) {
    this.proxy = proxy;
    this.client = client;
    this.server = server;
  }

  void pumpRequests() {
    pump(client, server, this::forwardsRequest);
  }

  void pumpResponses() {
    pump(server, client, this::forwardsResponse);
  }

  boolean lostBytes() {
    return lostBytes;
  }

  /** Closes both sides so that the peers see a reset, not an orderly end. */
  void reset() {
    proxy.closed(this);
    reset(client);
    reset(server);
  }

  /** Whether bytes that arrived go on to the other side. */
  private interface Gate {
    boolean forwards(byte[] buffer, int length);
  }

  private boolean forwardsRequest(byte[] buffer, int length) {
    var fault = proxy.takeMark(buffer, length);
    if (fault != null) {
      dropsNextResponse = fault == TcpProxy.Fault.DROP_RESPONSE;
      withholdsResponses = fault == TcpProxy.Fault.WITHHOLD_RESPONSE;
      withholdsRequests = fault == TcpProxy.Fault.WITHHOLD_REQUEST;
      if (withholdsRequests) {
        proxy.countWithheld();
      }
    }
    return !withholdsRequests && proxy.mode() != TcpProxy.Mode.BLACKHOLE;
  }

  private boolean forwardsResponse(byte[] buffer, int length) {
    if (dropsNextResponse || proxy.mode() == TcpProxy.Mode.DROP_RESPONSES) {
      proxy.countDroppedResponse();
      reset();
      return false;
    }
    if (withholdsResponses) {
      proxy.countWithheld();
    }
    return !withholdsResponses && proxy.mode() != TcpProxy.Mode.BLACKHOLE;
  }

  private void pump(Socket from, Socket to, Gate gate) {
    var buffer = new byte[BUFFER_BYTES];
    try {
      var in = from.getInputStream();
      var out = to.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        hold();
        if (gate.forwards(buffer, length)) {
          out.write(buffer, 0, length);
        } else {
          lostBytes = true;
        }
      }
      to.shutdownOutput();
      endDirection();
    } catch (IOException broken) {
      reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reset();
    }
  }

  private void hold() throws InterruptedException {
    int delay = proxy.delayMillis();
    if (delay > 0) {
      Thread.sleep(delay);
    }
  }

  private synchronized void endDirection() throws IOException {
    endedDirections++;
    if (endedDirections == 2) {
      proxy.closed(this);
      client.close();
      server.close();
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException alreadyClosed) {
      // Then there is nothing to reset.
    }
    try {
      socket.close();
    } catch (IOException e) {
      // The descriptor is gone all the same.
    }
  }
}
