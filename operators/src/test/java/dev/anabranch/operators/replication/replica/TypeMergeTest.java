package dev.anabranch.operators.replication.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.operators.replication.NoteDomain;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which resolver makes one state of several versions. */
class TypeMergeTest {

  private static final List<LiveVersion<Folded>> VERSIONS =
      List.of(version("a", 1), version("b", 2));

  private final TypeMerge<?> merge =
      TypeMerge.of(
          NoteDomain.type(
              "Auto",
              ReplicationPolicy.automatic(
                  new Named("third"), new Named("second"), new Named("first"))));

  @Test
  void theOneThatTheCommitNames() {
    assertThat(resolvedBy("second")).isEqualTo("second");
  }

  /** The same in every release, though releases add resolvers. */
  @Test
  void theOldestOneIfTheCommitNamesNone() {
    assertThat(resolvedBy("")).isEqualTo("first");
  }

  @Test
  void theNewestOneForWhatIsLive() {
    assertThat(merge.resolverId()).isEqualTo("third");
  }

  @Test
  void oneThatIsGoneBreaksTheAggregate() {
    var resolved = merge.resolve("gone", VERSIONS, Folded.of(""));

    assertThat(resolved.isBroken()).isTrue();
    assertThat(resolved.problem()).contains("resolver gone is not registered");
  }

  private Object resolvedBy(String id) {
    return merge.resolve(id, VERSIONS, Folded.of("")).value();
  }

  private static LiveVersion<Folded> version(String state, long n) {
    return new LiveVersion<>(new Dot(new RegionId(state), n), n, Folded.of(state));
  }

  /** Its state is its name. */
  private record Named(String id) implements ConflictResolver<String> {
    @Override
    public String resolve(List<LiveVersion<String>> live, String base) {
      return id;
    }
  }
}
