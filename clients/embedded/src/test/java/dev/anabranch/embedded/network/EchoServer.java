package dev.anabranch.embedded.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that answers each line with the same line, and remembers what it was asked. */
final class EchoServer implements AutoCloseable {

  private final ServerSocket listener;
  private final Thread acceptor;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  EchoServer() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor = start(this::acceptAll);
  }

  int port() {
    return listener.getLocalPort();
  }

  List<String> requests() {
    return requests;
  }

  /** Waits for the acceptor, because the system goes on accepting while a thread is at it. */
  @Override
  public void close() throws IOException {
    listener.close();
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void acceptAll() {
    try {
      while (true) {
        var socket = listener.accept();
        var unused = start(() -> answerAll(socket));
      }
    } catch (IOException closed) {
      // The end of the test.
    }
  }

  private void answerAll(Socket socket) {
    try (socket;
        var lines = socket.getInputStream()) {
      var line = new StringBuilder();
      for (int next = lines.read(); next >= 0; next = lines.read()) {
        line.append((char) next);
        if (next == '\n') {
          requests.add(line.toString().trim());
          socket.getOutputStream().write(line.toString().getBytes(StandardCharsets.US_ASCII));
          line.setLength(0);
        }
      }
    } catch (IOException reset) {
      // The client is gone.
    }
  }

  private static Thread start(Runnable work) {
    var thread = new Thread(work, "echo-server");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
