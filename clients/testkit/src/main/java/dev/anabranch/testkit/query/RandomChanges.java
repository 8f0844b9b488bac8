package dev.anabranch.testkit.query;

import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.RowChange;
import java.math.BigDecimal;
import java.util.Random;

/** Changes of every shape, of 2,000 rows. */
final class RandomChanges {

  private RandomChanges() {}

  static RowChange next(QueryTable things, Random random) {
    var row = things.row("k" + random.nextInt(500), random.nextInt(4));
    return switch (random.nextInt(6)) {
      case 0 -> row.delete();
      case 1 -> row.set("label", "l" + random.nextInt()).set("good", random.nextBoolean());
      case 2 -> row.delete().add("amount", random.nextInt(100));
      case 3 -> row.set("amount", random.nextInt(100)).add("amount", 1);
      case 4 -> row; // makes a row that is not there, and changes none that is
      default -> row.add("amount", random.nextInt(100)).add("price", BigDecimal.ONE);
    };
  }
}
