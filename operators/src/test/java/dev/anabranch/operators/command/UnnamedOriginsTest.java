package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Region a, whose configuration names a and b, gets commits of region z. */
class UnnamedOriginsTest {

  private RegionHarness a;
  private RegionHarness z;

  @BeforeEach
  void start() throws Exception {
    a = new RegionHarness("a", List.of("a", "b"));
    z = new RegionHarness("z", List.of("z", "a", "b"));
  }

  @AfterEach
  void stop() throws Exception {
    a.close();
    z.close();
  }

  @Test
  void commitsOfARegionThatIsNotNamedWaitForAStartThatNamesIt() throws Exception {
    z.handle("Auto/1", "c1", "add x");
    z.handle("Auto/1", "c2", "add y");
    a.receiveAll(z);
    assertThat(a.commits()).isEmpty();
    a.operator().checkpoint();
    a.operator().crash();
    assertThat(a.read("Auto/1", "r1")).as("still not named").isEmpty();

    a.operator().checkpoint();
    a.names(List.of("a", "b", "z"));
    a.operator().crash();

    assertThat(a.read("Auto/1", "r2")).isEqualTo(",x,y");
    a.operator().settle();
    assertThat(a.commits()).hasSize(2);
    assertThat(a.operator().deadLetters()).isEmpty();
  }

  @Test
  void theyAreAppliedOnceHoweverOftenTheyCome() throws Exception {
    z.handle("Auto/1", "c1", "add x");
    a.receiveAll(z);
    a.receiveAll(z);
    a.operator().checkpoint();
    a.names(List.of("a", "b", "z"));
    a.operator().crash();
    a.receiveAll(z);

    assertThat(a.commits()).hasSize(1);

    a.names(List.of("a", "b"));
    a.operator().checkpoint();
    a.operator().crash();
    a.receiveAll(z);
    assertThat(a.commits()).as("what is applied is a repeat, whoever is named").hasSize(1);
    assertThat(a.read("Auto/1", "r1")).isEqualTo(",x");
  }
}
