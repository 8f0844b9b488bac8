package dev.anabranch.embedded.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FreePortsTest {

  @Test
  void aPickedPortCanBeListenedOn() throws Exception {
    int port = FreePorts.pick();

    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(socket.getLocalPort()).isEqualTo(port);
    }
  }

  @Test
  void noPortIsPickedTwice() {
    assertThat(Stream.generate(FreePorts::pick).limit(200)).doesNotHaveDuplicates();
  }

  @Test
  void portsLieBelowThoseOfOutgoingConnections() {
    assertThat(Stream.generate(FreePorts::pick).limit(200)).allMatch(port -> port < 32_768);
  }
}
