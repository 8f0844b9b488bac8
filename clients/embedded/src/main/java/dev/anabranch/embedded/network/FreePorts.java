package dev.anabranch.embedded.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Picks free loopback ports for servers.
 *
 * <p>The ports lie below the range from which systems take the local ports of outgoing connections,
 * so that a server that is down for a moment finds its port still free. This JVM never gets a port
 * twice before it had all of them; another process may take one between the pick and its use.
 *
 * <p><b>Threads.</b> Safe for use by many.
 */
public final class FreePorts {

  private static final int FIRST = 20_000;
  private static final int COUNT = 12_000;

  private static final BitSet PICKED = new BitSet(COUNT);

  private FreePorts() {}

  /** A port that nothing listens on. */
  public static synchronized int pick() {
    int start = ThreadLocalRandom.current().nextInt(COUNT);
    if (PICKED.cardinality() == COUNT) {
      PICKED.clear();
    }
    for (int i = 0; i < COUNT; i++) {
      int index = (start + i) % COUNT;
      if (!PICKED.get(index)) {
        PICKED.set(index);
        if (isFree(FIRST + index)) {
          return FIRST + index;
        }
      }
    }
    throw new IllegalStateException(
        "no free port from " + FIRST + " to " + (FIRST + COUNT - 1) + " on the loopback interface");
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException inUse) {
      return false;
    }
  }
}
