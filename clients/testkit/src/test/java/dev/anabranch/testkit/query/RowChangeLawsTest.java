package dev.anabranch.testkit.query;

import static dev.anabranch.testkit.query.QueryDatabaseConformance.THINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.projection.RowChange;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Folding changes into one, as batches do, leaves the row that the changes one by one leave. */
class RowChangeLawsTest {

  @Test
  void foldedChangesDoWhatTheyDoOneByOne() {
    for (var seed = 0; seed < 2_000; seed++) {
      var random = new Random(seed);
      var oneByOne = new InMemoryTables();
      var folded = new InMemoryTables();
      for (var batch = 0; batch < 3; batch++) {
        var all = THINGS.row("a", 1);
        var first = true;
        for (var i = random.nextInt(4); i >= 0; i--) {
          var change = change(random);
          oneByOne.apply(change);
          all = first ? change : all.then(change);
          first = false;
        }
        folded.apply(all);
      }
      assertThat(folded.rows(THINGS)).as("seed " + seed).isEqualTo(oneByOne.rows(THINGS));
    }
  }

  private static RowChange change(Random random) {
    var row = THINGS.row("a", 1);
    return switch (random.nextInt(7)) {
      case 0 -> row.delete();
      case 6 -> row;
      case 1 -> row.set("label", "l" + random.nextInt(9));
      case 2 -> row.set("amount", random.nextInt(9)).add("amount", 1);
      case 3 -> row.add("amount", random.nextInt(9)).set("good", random.nextBoolean());
      case 4 -> row.delete().add("price", new BigDecimal("0.5"));
      default -> row.add("price", BigDecimal.ONE).add("amount", -1);
    };
  }
}
