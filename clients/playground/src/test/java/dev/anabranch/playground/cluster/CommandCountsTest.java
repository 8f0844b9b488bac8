package dev.anabranch.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandCountsTest {

  @ParameterizedTest
  @CsvSource({
    // before: in, errors; after: in, errors; worse
    "100, 0, 100, 100, true",
    "100, 0, 3, 3, true",
    "100, 0, 2, 2, false", // too few to judge
    "100, 0, 100, 4, false", // within what is tolerated
    "100, 0, 100, 6, true",
    "100, 50, 100, 54, false", // the release before did no better
    "100, 50, 100, 60, true",
    "0, 0, 0, 0, false",
    "0, 0, 10, 0, false",
    "0, 0, 10, 10, true",
  })
  void aReleaseIsWorseIfClearlyMoreOfItsCommandsEndInErrors(
      long in, long errors, long newIn, long newErrors, boolean worse) {
    var problem = new ErrorShare(newIn, newErrors).worseThan(new ErrorShare(in, errors));

    assertThat(problem.isPresent()).isEqualTo(worse);
  }
}
