package dev.anabranch.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.cli.exit.CliException;
import dev.anabranch.examples.bank.BankDomain;
import dev.anabranch.projection.Projections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A changed build of the bank: the same names of classes and types as those of the examples. */
class DomainJarsTest {

  private static final String SOURCE =
      """
      package dev.anabranch.examples.bank;

      import dev.anabranch.api.*;
      import java.nio.charset.StandardCharsets;
      import java.util.List;

      public final class BankDomain implements Domain {

        static final class Rules implements Decider<String, String, String> {
          @Override
          public String initialState() {
            return "the jar's";
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
              AggregateType.named("Account", new Rules())
                  .commands(new Text("command"))
                  .events(new Text("event"))
                  .state(new Text("state"))
                  .build());
        }
      }
      """;

  @TempDir private Path directory;

  @Test
  void theJarsCodeIsUsedThoughAnExampleHasItsNames() throws Exception {
    try (var loader = DomainJars.of(List.of(jar()))) {
      var type = AggregateTypes.load(loader).find("Account").orElseThrow();

      assertThat(type.decider().initialState()).isEqualTo("the jar's");
      assertThat(loader.loadClass(BankDomain.class.getName())).isNotSameAs(BankDomain.class);
    }
  }

  @Test
  void theExamplesAreNoPartOfAnApplication() throws Exception {
    try (var loader = DomainJars.of(List.of(jar()))) {
      assertThat(AggregateTypes.load(loader).all()).hasSize(1);
      assertThatThrownBy(() -> Projections.load(loader))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no projections found");
    }
  }

  @Test
  void annotationsForJacksonMeanTheSameOnBothSides() throws Exception {
    try (var loader = DomainJars.of(List.of(jar()))) {
      assertThat(loader.loadClass(JsonProperty.class.getName())).isSameAs(JsonProperty.class);
    }
  }

  @Test
  void theOptionUsesTheJarAndSaysWhoseTypesAreKnown() throws Exception {
    var option = new DomainOption();
    new CommandLine(option).parseArgs("--domain-jar", jar().toString());

    assertThat(option.type("Account").decider().initialState()).isEqualTo("the jar's");
    assertThatThrownBy(() -> option.type("Order"))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("bank.jar; known are Account");
    assertThatThrownBy(() -> new DomainOption().type("Member"))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("is not in the class path, which is used where there is no");
  }

  private Path jar() throws IOException {
    var work = Files.createDirectories(directory.resolve("dev/anabranch/examples/bank"));
    var source = Files.writeString(work.resolve("BankDomain.java"), SOURCE);
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
                directory.toString(),
                source.toString());
    assertThat(result).isZero();
    var jar = directory.resolve("bank.jar");
    try (var out = new ZipOutputStream(Files.newOutputStream(jar));
        var tree = Files.walk(work)) {
      for (var file : tree.filter(each -> each.toString().endsWith(".class")).toList()) {
        write(out, directory.relativize(file).toString(), Files.readAllBytes(file));
      }
      var domain = BankDomain.class.getName().getBytes(UTF_8);
      write(out, "META-INF/services/dev.anabranch.api.Domain", domain);
    }
    return jar;
  }

  private static void write(ZipOutputStream out, String name, byte[] content) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(content);
    out.closeEntry();
  }
}
