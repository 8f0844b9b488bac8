package dev.anabranch.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PolicyResolversTest {

  private final Commits commits = Commits.appending();

  @Test
  void anAutomaticPolicyShowsTheResolvedState() {
    var shown = shown(ReplicationPolicy.automatic(joining("join")));

    assertThat(shown.state()).isEqualTo("a+b");
    assertThat(shown.conflict()).isFalse();
    assertThat(shown.live()).hasSize(2);
  }

  @Test
  void anInteractivePolicyShowsTheConflictAndTheLatestVersion() {
    var shown = shown(ReplicationPolicy.interactive());

    assertThat(shown.conflict()).isTrue();
    assertThat(shown.state()).isEqualTo("b");
    assertThat(shown.failure()).isNull();
  }

  @Test
  void aResolverThatThrowsLeavesAnOpenConflictThatSaysSo() {
    var shown =
        shown(
            ReplicationPolicy.automatic(
                new ConflictResolver<String>() {
                  @Override
                  public String id() {
                    return "bad";
                  }

                  @Override
                  public String resolve(List<LiveVersion<String>> live, String base) {
                    throw new IllegalStateException("no idea");
                  }
                }));

    assertThat(shown.conflict()).isTrue();
    assertThat(shown.failure()).contains("bad", "no idea", "p1:1", "p2:1");
  }

  @Test
  void storedCommitsAreFoldedWithTheirOwnResolverAndAMissingOneIsNamed() {
    var resolvers =
        new PolicyResolvers<>(
            ReplicationPolicy.automatic(joining("new"), Resolvers.<String>lastWriterWins()));
    var versions = states(resolvers).live();

    assertThat(resolvers.currentId()).isEqualTo("new");
    assertThat(resolvers.resolve("last-writer-wins", versions, "")).isEqualTo("b");
    assertThat(resolvers.resolve("", versions, "")).as("the oldest").isEqualTo("b");
    assertThatThrownBy(() -> resolvers.resolve("older", versions, ""))
        .isInstanceOf(ResolverFailedException.class)
        .hasMessageContaining("resolver older")
        .hasMessageContaining("former resolvers");
  }

  private ShownState<String> shown(ReplicationPolicy<String> policy) {
    var resolvers = new PolicyResolvers<>(policy);
    return resolvers.show(states(resolvers));
  }

  private VersionStates<String> states(PolicyResolvers<String> resolvers) {
    var folding =
        new VersionFolding<String>() {
          @Override
          public String initial() {
            return "";
          }

          @Override
          public String evolve(String before, VersionNode node) {
            return commits.evolve(before, node);
          }

          @Override
          public String resolve(String id, List<LiveVersion<String>> versions, String base) {
            return resolvers.resolve(id, versions, base);
          }
        };
    var states =
        new VersionStates<>(
            new VersionGraph(new GraphEntriesInMemory()),
            folding,
            new VersionSnapshotsInMemory<String>());
    states.add(commits.u("a", "p1:1", "1", ""));
    states.add(commits.u("b", "p2:1", "0,1", ""));
    return states;
  }

  private static ConflictResolver<String> joining(String id) {
    return new ConflictResolver<>() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public String resolve(List<LiveVersion<String>> live, String base) {
        return live.stream().map(LiveVersion::state).collect(Collectors.joining("+"));
      }
    };
  }
}
