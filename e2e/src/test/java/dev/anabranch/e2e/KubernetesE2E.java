package dev.anabranch.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.anabranch.jobs.CommandJobOptions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;
import org.apache.flink.kubernetes.operator.api.spec.FlinkVersion;
import org.apache.flink.kubernetes.operator.api.spec.UpgradeMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Kubernetes resources are what the operator and Kubernetes take: read with their own classes,
 * unknown fields refused. Nothing is applied: there is no cluster here.
 */
class KubernetesE2E {

  private static final Path KUBERNETES = ClusterUnderTest.root().resolve("deploy/kubernetes");

  /** The model classes themselves put up with unknown fields, or collect them. */
  private static final ObjectMapper YAML =
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

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "FlinkDeployment", FlinkDeployment.class,
          "ServiceAccount", ServiceAccount.class,
          "Role", Role.class,
          "RoleBinding", RoleBinding.class,
          "NetworkPolicy", NetworkPolicy.class,
          "PersistentVolumeClaim", PersistentVolumeClaim.class);

  @ParameterizedTest
  @ValueSource(strings = {"/spec", "/spec/job", "/spec/taskManager", "/spec/podTemplate/spec"})
  void anUnknownFieldIsRefused(String place) throws IOException {
    var node =
        (ObjectNode) known(YAML.readTree(KUBERNETES.resolve("base/command-job.yaml").toFile()));
    ((ObjectNode) node.at(place)).put("nodeselector", "x");

    assertThatThrownBy(() -> YAML.treeToValue(node, FlinkDeployment.class))
        .isInstanceOf(UnrecognizedPropertyException.class)
        .hasMessageContaining("nodeselector");
  }

  @Test
  void everyResourceOfTheBaseIsRead() throws IOException {
    var names = resources(KUBERNETES.resolve("base"));

    assertThat(names).hasSize(5);
    for (var name : names) {
      try (var documents =
          YAML.readerFor(JsonNode.class)
              .<JsonNode>readValues(KUBERNETES.resolve("base").resolve(name).toFile())) {
        while (documents.hasNext()) {
          var document = documents.next();
          var kind = KINDS.get(document.path("kind").asText());
          assertThat(kind).as("kind of %s", name).isNotNull();
          var resource = YAML.treeToValue(known(document), kind);
          assertThat(resource.getMetadata().getName()).startsWith("anabranch");
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "eu, command-job.yaml, SAVEPOINT, dev.anabranch.jobs.CommandJob",
    "us, command-job.yaml, SAVEPOINT, dev.anabranch.jobs.CommandJob",
    "eu, cross-region-job.yaml, LAST_STATE, dev.anabranch.jobs.CrossRegionJob",
    "us, cross-region-job.yaml, LAST_STATE, dev.anabranch.jobs.CrossRegionJob"
  })
  void aPatchedDeploymentIsComplete(
      String region, String file, UpgradeMode upgrades, String entryClass) throws IOException {
    var overlay = KUBERNETES.resolve("overlays").resolve(region);
    var patch = YAML.readTree(overlay.resolve(file).toFile());
    var unused = YAML.treeToValue(patch, FlinkDeployment.class);
    var base = YAML.readTree(KUBERNETES.resolve("base").resolve(file).toFile());

    var merged = YAML.treeToValue(known(merge(base, patch)), FlinkDeployment.class);

    var spec = merged.getSpec();
    assertThat(merged.getMetadata().getName())
        .isEqualTo(base.path("metadata").path("name").asText());
    assertThat(spec.getImage()).contains(region).doesNotContain("unset");
    assertThat(spec.getJob().getUpgradeMode()).isEqualTo(upgrades);
    assertThat(spec.getJob().getEntryClass()).isEqualTo(entryClass);
    assertThat(spec.getFlinkConfiguration())
        .containsEntry("high-availability.type", "kubernetes")
        .containsKey("metrics.reporters");
    var pod = spec.getPodTemplate().getSpec();
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    var volumes = pod.getVolumes().stream().map(volume -> volume.getName()).toList();
    pod.getContainers().get(0).getVolumeMounts().stream()
        .forEach(mount -> assertThat(volumes).contains(mount.getName()));
    assertThat(spec.getJobManager().getResource().getMemory()).isNotBlank();
    assertThat(spec.getTaskManager().getResource().getMemory()).isNotBlank();
    assertThat(patches(overlay)).contains(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"eu", "us"})
  void theJobUnderstandsTheRegion(String region) throws IOException {
    var overlay = KUBERNETES.resolve("overlays").resolve(region);
    // The Secret's variables are not here.
    var text = Files.readString(overlay.resolve("region.yaml")).replaceAll("\\$\\{env:\\w+}", "x");
    var file = Files.writeString(Files.createTempFile(Path.of("target"), region, ".yaml"), text);

    var options = CommandJobOptions.fromArgs("--config", file.toString());

    assertThat(options.region().name().value()).isEqualTo(region);
  }

  /**
   * The newest model classes on Maven Central are older than Flink 2.3 and do not know its name;
   * everything else is left as it is.
   */
  private static JsonNode known(JsonNode resource) {
    if (resource.path("spec") instanceof ObjectNode spec && spec.has("flinkVersion")) {
      assertThat(spec.path("flinkVersion").asText()).isEqualTo("v2_3");
      spec.put("flinkVersion", FlinkVersion.v1_20.name());
    }
    return resource;
  }

  private static List<String> resources(Path directory) throws IOException {
    return names(directory, "resources");
  }

  private static List<String> patches(Path directory) throws IOException {
    return kustomization(directory).path("patches").findValuesAsText("path");
  }

  private static List<String> names(Path directory, String field) throws IOException {
    var names = new java.util.ArrayList<String>();
    kustomization(directory).path(field).forEach(name -> names.add(name.asText()));
    return names;
  }

  private static JsonNode kustomization(Path directory) throws IOException {
    return YAML.readTree(directory.resolve("kustomization.yaml").toFile());
  }

  /** As kustomize merges what has no lists in it; the patches have none. */
  private static JsonNode merge(JsonNode base, JsonNode patch) {
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
