package dev.anabranch.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import dev.anabranch.model.RowKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyResolversTest {

  @Test
  void storedCommitsAreFoldedWithTheirOwnResolver() {
    var resolvers =
        new PolicyResolvers<>(
            ReplicationPolicy.automatic(new Named("new"), Resolvers.<String>lastWriterWins()));

    assertThat(resolvers.currentId()).isEqualTo("new");
    assertThat(resolvers.resolverFor("last-writer-wins")).isEqualTo("last-writer-wins");
    assertThat(resolvers.resolverFor("")).as("the oldest").isEqualTo("last-writer-wins");
    assertThat(resolvers.resolverFor("older")).isNull();
  }

  @Test
  void aPersonsPolicyMakesNoCommitOfSeveralVersions() {
    var resolvers = new PolicyResolvers<String>(ReplicationPolicy.interactive());

    assertThat(resolvers.currentId()).isEmpty();
    assertThat(resolvers.resolverFor("")).isNotNull();
  }

  @Test
  void whatToDoIsSaidOfAMissingOne() {
    assertThat(PolicyResolvers.missing("old", ReplicationPolicy.automatic(new Named("new"))))
        .contains("resolver old", "former resolvers");
    assertThat(PolicyResolvers.missing("old", ReplicationPolicy.interactive())).contains("beneath");
    assertThat(PolicyResolvers.missing("old", ReplicationPolicy.singleHome()))
        .contains("keep the automatic policy");
  }

  @Test
  void replicatedDataTypesCountNoChoice() {
    assertThat(PolicyResolvers.chosen(RowKind.RESOLUTION, "")).contains("by a person");
    assertThat(PolicyResolvers.chosen(RowKind.COMMIT, "join")).contains("by resolver join");
    assertThat(PolicyResolvers.chosen(RowKind.COMMIT, "")).isEmpty();
    assertThat(PolicyResolvers.chosen(RowKind.COMMIT, ReplicationPolicy.REPLICATED)).isEmpty();
  }

  private record Named(String id) implements ConflictResolver<String> {
    @Override
    public String resolve(List<LiveVersion<String>> live, String base) {
      return id;
    }
  }
}
