package dev.anabranch.e2e;

import static dev.anabranch.e2e.KubernetesFiles.KUBERNETES;
import static dev.anabranch.e2e.KubernetesFiles.YAML;
import static dev.anabranch.e2e.KubernetesFiles.documents;
import static dev.anabranch.e2e.KubernetesFiles.files;
import static dev.anabranch.e2e.KubernetesFiles.known;
import static dev.anabranch.e2e.KubernetesFiles.kustomization;
import static dev.anabranch.e2e.KubernetesFiles.overlay;
import static dev.anabranch.e2e.KubernetesFiles.patches;
import static dev.anabranch.e2e.KubernetesFiles.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;
import org.apache.flink.kubernetes.operator.api.spec.UpgradeMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Kubernetes resources are what the operator and Kubernetes take: read with their own classes,
 * unknown fields refused. Nothing is applied: there is no cluster here.
 */
class KubernetesE2E {

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

  @ParameterizedTest
  @ValueSource(strings = {"base", "overlays/eu", "overlays/us"})
  void everyResourceIsRead(String directory) throws IOException {
    var files = files(KUBERNETES.resolve(directory));

    assertThat(files).isNotEmpty();
    for (var file : files) {
      for (var document : documents(file)) {
        var kind = KINDS.get(document.path("kind").asText());
        assertThat(kind).as("kind of %s", file).isNotNull();
        var resource = YAML.treeToValue(known(document), kind);
        assertThat(resource.getMetadata().getName()).startsWith("anabranch");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void aPatchedDeploymentIsComplete(String region, KubernetesJob job) throws IOException {
    var merged = job.in(region);

    var spec = merged.getSpec();
    assertThat(spec.getImage()).contains(region).doesNotContain("unset");
    assertThat(spec.getJob().getUpgradeMode()).isEqualTo(job.upgrades());
    assertThat(spec.getJob().getEntryClass()).isEqualTo(job.entryClass().getName());
    assertThat(spec.getFlinkConfiguration())
        .containsEntry("high-availability.type", "kubernetes")
        .containsEntry("state.backend.type", "rocksdb")
        .containsEntry("kubernetes.operator.deployment.rollback.enabled", "true")
        .containsKey("metrics.reporters");
    for (var directory :
        List.of(
            "execution.checkpointing.dir",
            "execution.checkpointing.savepoint-dir",
            "high-availability.storageDir")) {
      assertThat(spec.getFlinkConfiguration().get(directory))
          .as("each job's own: %s", directory)
          .startsWith("file:///opt/anabranch/data/")
          .endsWith("/" + merged.getMetadata().getName());
    }
    var pod = spec.getPodTemplate().getSpec();
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    var volumes = pod.getVolumes().stream().map(volume -> volume.getName()).toList();
    assertThat(mounts(merged)).isNotEmpty();
    pod.getContainers().get(0).getVolumeMounts().stream()
        .forEach(mount -> assertThat(volumes).contains(mount.getName()));
    assertThat(spec.getJobManager().getResource().getMemory()).isNotBlank();
    assertThat(spec.getTaskManager().getResource().getMemory()).isNotBlank();
    var jobManager = spec.getJobManager().getPodTemplate().getSpec().getContainers().get(0);
    assertThat(jobManager.getStartupProbe()).isNotNull();
    assertThat(jobManager.getLivenessProbe()).isNotNull();
    assertThat(jobManager.getReadinessProbe()).isNotNull();
    var taskManager = spec.getTaskManager().getPodTemplate().getSpec().getContainers().get(0);
    assertThat(taskManager.getLivenessProbe()).isNotNull();
    assertThat(patches(overlay(region))).contains(job.file());
  }

  /** With its arguments, its files and its variables, and nothing else of the machine's. */
  @ParameterizedTest
  @MethodSource("jobs")
  void theJobUnderstandsItsArguments(String region, KubernetesJob job) throws IOException {
    var deployment = job.in(region);
    var here = Files.createTempDirectory(Path.of("target").toAbsolutePath(), job.name() + region);
    var text = Files.readString(overlay(region).resolve("region.yaml"));
    assertThat(text).contains("${env:DB0_PASSWORD}");
    // The Secrets' variables are not here; of their files those are that this job's pods mount.
    text = text.replaceAll("\\$\\{env:\\w+}", "x");
    for (var path : paths(text)) {
      if (mounts(deployment).stream().anyMatch(mount -> path.startsWith(mount + "/"))) {
        var file = here.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, "secret");
        text = text.replace(path, file.toString());
      }
    }
    var config = Files.writeString(here.resolve("region.yaml"), text);
    var arguments =
        Stream.of(deployment.getSpec().getJob().getArgs())
            .map(each -> each.equals("/opt/anabranch/config/region.yaml") ? "" + config : each)
            .toArray(String[]::new);
    assertThat(arguments).contains(config.toString());

    assertThat(job.parse().apply(arguments)).contains(region);
  }

  /** A job's pods see the secrets that it needs, and no others. */
  @ParameterizedTest
  @CsvSource({
    "command-job.yaml, anabranch-kafka",
    "cross-region-job.yaml, anabranch-kafka anabranch-peers",
    "projection-job.yaml, anabranch-kafka anabranch-query-database"
  })
  void secretsAreMountedWhereTheyAreNeeded(String file, String secrets) throws IOException {
    var deployment = read(KUBERNETES.resolve("base").resolve(file), FlinkDeployment.class);

    assertThat(deployment.getSpec().getPodTemplate().getSpec().getVolumes())
        .filteredOn(volume -> volume.getSecret() != null)
        .extracting(volume -> volume.getSecret().getSecretName())
        .containsExactly(secrets.split(" "));
  }

  /** Only the cross-region job's pods may reach the brokers of peers, on the port that is used. */
  @ParameterizedTest
  @CsvSource({"eu, us", "us, eu"})
  void onlyTheCrossRegionJobReachesPeers(String region, String peer) throws IOException {
    var policies = new ArrayList<NetworkPolicy>();
    for (var document : documents(overlay(region).resolve("network-policy.yaml"))) {
      policies.add(YAML.treeToValue(document, NetworkPolicy.class));
    }

    var toPeers =
        policies.stream()
            .filter(policy -> policy.getMetadata().getName().equals("anabranch-peers"))
            .findFirst()
            .orElseThrow()
            .getSpec();
    assertThat(toPeers.getPolicyTypes()).containsExactly("Egress");
    assertThat(toPeers.getPodSelector().getMatchLabels())
        .containsEntry("app", KubernetesJob.CROSS_REGION.in(region).getMetadata().getName());
    var port = toPeers.getEgress().get(0).getPorts().get(0).getPort().getIntVal();
    var brokers =
        YAML.readTree(overlay(region).resolve("region.yaml").toFile())
            .at("/peer/" + peer + "/bootstrap-servers")
            .asText();
    assertThat(brokers.split(",")).isNotEmpty().allMatch(broker -> broker.endsWith(":" + port));
    for (var other : policies) {
      if (!other.getSpec().equals(toPeers)) {
        assertThat(other.getSpec().getEgress().get(0).getTo())
            .allMatch(to -> to.getIpBlock() == null);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "upgrade-by-savepoint, SAVEPOINT, command-job.yaml",
    "upgrade-by-savepoint, SAVEPOINT, cross-region-job.yaml",
    "upgrade-by-savepoint, SAVEPOINT, projection-job.yaml",
    "upgrade-by-last-state, LAST_STATE, command-job.yaml",
    "upgrade-by-last-state, LAST_STATE, cross-region-job.yaml",
    "upgrade-by-last-state, LAST_STATE, projection-job.yaml"
  })
  void eitherUpgradeModeIsAComponent(String component, UpgradeMode mode, String file)
      throws IOException {
    var patch =
        kustomization(KUBERNETES.resolve("components").resolve(component)).path("patches").get(0);
    assertThat(patch.at("/target/kind").asText()).isEqualTo("FlinkDeployment");
    var operation = YAML.readTree(patch.path("patch").asText()).get(0);
    assertThat(operation.path("op").asText()).isEqualTo("replace");
    var deployment = known(YAML.readTree(KUBERNETES.resolve("base").resolve(file).toFile()));
    var place = JsonPointer.compile(operation.path("path").asText());
    assertThat(deployment.at(place).isTextual()).isTrue();

    ((ObjectNode) deployment.at(place.head()))
        .set(place.last().getMatchingProperty(), operation.path("value"));

    var patched = YAML.treeToValue(deployment, FlinkDeployment.class);
    assertThat(patched.getSpec().getJob().getUpgradeMode()).isEqualTo(mode);
  }

  static Stream<Arguments> jobs() {
    return Stream.of("eu", "us")
        .flatMap(region -> Stream.of(KubernetesJob.values()).map(job -> Arguments.of(region, job)));
  }

  private static List<String> mounts(FlinkDeployment deployment) {
    return deployment
        .getSpec()
        .getPodTemplate()
        .getSpec()
        .getContainers()
        .get(0)
        .getVolumeMounts()
        .stream()
        .map(mount -> mount.getMountPath())
        .toList();
  }

  /** The files that a configuration names, longest first. */
  private static List<String> paths(String text) {
    return Pattern.compile("/opt/anabranch/[\\w./-]+")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .distinct()
        .sorted(Comparator.comparingInt(String::length).reversed())
        .toList();
  }
}
