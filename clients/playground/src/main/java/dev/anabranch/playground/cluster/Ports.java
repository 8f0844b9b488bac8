package dev.anabranch.playground.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Whether somebody listens. */
final class Ports {

  private static final int TIMEOUT_MILLIS = 500;

  private Ports() {}

  static boolean answers(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      return true;
    } catch (IOException nobody) {
      return false;
    }
  }
}
