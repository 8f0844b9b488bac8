package dev.anabranch.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.embedded.RegionTopology.Link;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegionTopologyTest {

  private static final List<String> THREE = List.of("a", "b", "c");

  @Test
  void inAMeshEachReadsAllOthers() {
    var mesh = RegionTopology.mesh(THREE);

    assertThat(mesh.links()).hasSize(6);
    assertThat(mesh.peersOf("b")).containsExactly("a", "c");
    assertThat(mesh.readersOf("b")).containsExactly("a", "c");
  }

  @Test
  void aRingGoesOneWay() {
    var ring = RegionTopology.ring(THREE);

    assertThat(ring.links())
        .containsExactlyInAnyOrder(new Link("b", "a"), new Link("c", "b"), new Link("a", "c"));
  }

  @Test
  void aHubIsReadByAllAndReadsAll() {
    var hub = RegionTopology.hub(THREE);

    assertThat(hub.peersOf("a")).containsExactly("b", "c");
    assertThat(hub.peersOf("c")).containsExactly("a");
  }

  @Test
  void theSixSitesAreATreeThatOneCutHalves() {
    var tree = RegionTopology.sixSites();

    assertThat(tree.links()).hasSize(10);
    assertThat(tree.farSide()).containsExactly("d", "e", "f");
    assertThat(tree.between(tree.farSide()))
        .containsExactlyInAnyOrder(new Link("c", "d"), new Link("d", "c"));
  }

  @Test
  void oneMoreLinkMakesASecondWay() {
    var tree = RegionTopology.sixSites().with("a", "e");

    assertThat(tree.links()).hasSize(12);
    assertThat(tree.peersOf("a")).containsExactly("c", "e");
    assertThat(tree.between(tree.farSide())).contains(new Link("a", "e"), new Link("e", "a"));
  }

  @Test
  void oneOfThreeIsCutOffFromBothOthers() {
    var mesh = RegionTopology.mesh(THREE);

    assertThat(mesh.farSide()).containsExactly("c");
    assertThat(mesh.between(mesh.farSide())).hasSize(4);
  }

  @Test
  void aLinkToNowhereIsRefused() {
    assertThatThrownBy(() -> new RegionTopology(THREE, Set.of(new Link("a", "x"))))
        .hasMessageContaining("none of [a, b, c]");
  }
}
