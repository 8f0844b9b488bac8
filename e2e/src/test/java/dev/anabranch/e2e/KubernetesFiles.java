package dev.anabranch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.kubernetes.operator.api.spec.FlinkVersion;

/** The Kubernetes resources of this repository, read with the classes of those that take them. */
final class KubernetesFiles {

  static final Path KUBERNETES = ClusterUnderTest.root().resolve("deploy/kubernetes");

  /** The model classes themselves put up with unknown fields, or collect them. */
  static final ObjectMapper YAML =
      new YAMLMapper()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(new Strict());

  private static final class Strict extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonIgnoreProperties.Value findPropertyIgnoralByName(
        MapperConfig<?> config, Annotated annotated) {
      return JsonIgnoreProperties.Value.empty();
    }

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return false;
    }
  }

  private KubernetesFiles() {}

  static Path overlay(String region) {
    return KUBERNETES.resolve("overlays").resolve(region);
  }

  /**
   * The newest model classes on Maven Central are older than Flink 2.3 and do not know its name;
   * everything else is left as it is.
   */
  static JsonNode known(JsonNode resource) {
    if (resource.path("spec") instanceof ObjectNode spec && spec.has("flinkVersion")) {
      assertThat(spec.path("flinkVersion").asText()).isEqualTo("v2_3");
      spec.put("flinkVersion", FlinkVersion.v1_20.name());
    }
    return resource;
  }

  /** The files that a kustomization takes as resources. */
  static List<Path> files(Path directory) throws IOException {
    return names(directory, "resources").stream()
        .map(directory::resolve)
        .filter(Files::isRegularFile)
        .toList();
  }

  static <T> T read(Path file, Class<T> type) throws IOException {
    return YAML.treeToValue(known(documents(file).get(0)), type);
  }

  static List<JsonNode> documents(Path file) throws IOException {
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
      return documents.readAll();
    }
  }

  static List<String> patches(Path directory) throws IOException {
    return kustomization(directory).path("patches").findValuesAsText("path");
  }

  static List<String> names(Path directory, String field) throws IOException {
    var names = new ArrayList<String>();
    kustomization(directory).path(field).forEach(name -> names.add(name.asText()));
    return names;
  }

  static JsonNode kustomization(Path directory) throws IOException {
    return YAML.readTree(directory.resolve("kustomization.yaml").toFile());
  }

  /** As kustomize merges what has no lists in it; the patches have none. */
  static JsonNode merge(JsonNode base, JsonNode patch) {
    if (!(base instanceof ObjectNode into) || !(patch instanceof ObjectNode from)) {
      return patch;
    }
    from.properties()
        .forEach(
            entry -> {
              var old = into.get(entry.getKey());
              into.set(
                  entry.getKey(), old == null ? entry.getValue() : merge(old, entry.getValue()));
            });
    return into;
  }
}
