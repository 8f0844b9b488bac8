package dev.anabranch.cli.replay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/** A release whose one aggregate type, Note, is changed in two regions at once. */
final class DomainJar {

  static final String JOIN = "join-1";

  private static final String SOURCE =
      """
      package notes;

      import dev.anabranch.api.*;
      import java.nio.charset.StandardCharsets;
      import java.util.*;
      import java.util.stream.Collectors;

      public final class Notes implements Domain {

        record Join(String id, String separator) implements ConflictResolver<String> {
          @Override
          public String resolve(List<LiveVersion<String>> live, String base) {
            return live.stream().map(LiveVersion::state)
                .collect(Collectors.joining(separator, "(" + base + ":", ")"));
          }
        }

        static final class Rules implements Decider<String, String, String> {
          @Override
          public String initialState() {
            return "";
          }

          @Override
          public Decision<String> decide(String state, String command, DecisionContext context) {
            return Decision.accepted(command);
          }

          @Override
          public String evolve(String state, String event) {
            return state + "," + event;
          }
        }

        record Text(String name) implements MessageCodec<String> {
          @Override
          public String contentType() {
            return "text/plain";
          }

          @Override
          public EncodedMessage encode(String text) {
            return new EncodedMessage(name, 1, text.getBytes(StandardCharsets.UTF_8));
          }

          @Override
          public String decode(EncodedMessage encoded) {
            return new String(encoded.data(), StandardCharsets.UTF_8);
          }
        }

        @Override
        public List<AggregateType<?, ?, ?>> aggregateTypes() {
          return List.of(
              AggregateType.named("Note", new Rules())
                  .commands(new Text("command"))
                  .events(new Text("event"))
                  .state(new Text("state"))
                  .replication(RESOLVERS)
                  .build());
        }
      }
      """;

  private DomainJar() {}

  /**
   * Compiles it.
   *
   * @param policy in Java, e.g. {@code ReplicationPolicy.automatic(new Join("join-1", "|"))}
   */
  static Path of(Path directory, String name, String policy) throws IOException {
    var work = Files.createDirectories(directory.resolve(name));
    var source = Files.writeString(work.resolve("Notes.java"), SOURCE.replace("RESOLVERS", policy));
    var result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                "17",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                work.toString(),
                source.toString());
    if (result != 0) {
      throw new IllegalStateException(source + " does not compile");
    }
    var jar = directory.resolve(name + ".jar");
    try (var out = new ZipOutputStream(Files.newOutputStream(jar));
        var tree = Files.walk(work)) {
      for (var file : tree.filter(each -> each.toString().endsWith(".class")).toList()) {
        write(out, work.relativize(file).toString(), Files.readAllBytes(file));
      }
      var domain = "notes.Notes".getBytes(StandardCharsets.UTF_8);
      write(out, "META-INF/services/dev.anabranch.api.Domain", domain);
    }
    return jar;
  }

  /** What the release makes of concurrent versions. */
  static String automatic(String... resolvers) {
    return List.of(resolvers).stream()
        .map(resolver -> "new Join(" + resolver + ")")
        .collect(java.util.stream.Collectors.joining(", ", "ReplicationPolicy.automatic(", ")"));
  }

  private static void write(ZipOutputStream out, String name, byte[] content) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(content);
    out.closeEntry();
  }
}
