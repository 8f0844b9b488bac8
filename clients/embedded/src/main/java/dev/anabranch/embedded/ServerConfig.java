package dev.anabranch.embedded;

import dev.anabranch.embedded.network.FreePorts;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * How to run one {@link EmbeddedDatabase}.
 *
 * @param directory holds its data, log and process id; a directory that was used before is taken up
 *     again with its data, by a server of the same kind
 * @param port on the loopback interface
 * @param serverArguments added to the server's command line last, so they override
 */
public record ServerConfig(
    Path directory,
    DatabaseKind kind,
    int port,
    int bufferPoolMegabytes,
    List<String> serverArguments) {

  private static final int DEFAULT_BUFFER_POOL_MEGABYTES = 128;

  public ServerConfig {
    directory = directory.toAbsolutePath().normalize();
    serverArguments = List.copyOf(serverArguments);
  }

  /** A server of the configured kind on a free port. */
  public static ServerConfig in(Path directory) {
    return new ServerConfig(
        directory,
        DatabaseKind.configured(),
        FreePorts.pick(),
        DEFAULT_BUFFER_POOL_MEGABYTES,
        List.of());
  }

  public ServerConfig withKind(DatabaseKind newKind) {
    return new ServerConfig(directory, newKind, port, bufferPoolMegabytes, serverArguments);
  }

  public ServerConfig withPort(int newPort) {
    return new ServerConfig(directory, kind, newPort, bufferPoolMegabytes, serverArguments);
  }

  public ServerConfig withBufferPoolMegabytes(int megabytes) {
    return new ServerConfig(directory, kind, port, megabytes, serverArguments);
  }

  /** Adds an argument such as {@code --innodb-lock-wait-timeout=2}. */
  public ServerConfig withServerArgument(String argument) {
    var arguments = Stream.concat(serverArguments.stream(), Stream.of(argument)).toList();
    return new ServerConfig(directory, kind, port, bufferPoolMegabytes, arguments);
  }

  /** Lets clients come by TLS as well as without. */
  public ServerConfig withCertificate(ServerCertificate certificate) {
    var arguments =
        Stream.concat(DatabaseSoftware.of(kind).tls(certificate).stream(), serverArguments.stream())
            .toList();
    return new ServerConfig(directory, kind, port, bufferPoolMegabytes, arguments);
  }
}
