package dev.anabranch.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tables, columns and changes take, and how they say what they do not take. */
class DeclarationsTest {

  private static final QueryTable TABLE =
      QueryTable.named("balances")
          .key(Column.text("account", 3))
          .columns(
              Column.text("owner", 3),
              Column.integer("balance"),
              Column.decimal("rate", 5, 2),
              Column.bool("open"),
              Column.timestamp("at"),
              Column.bytes("raw", 2))
          .index("by_owner", "owner", "balance")
          .build();

  @Test
  void valuesAreTakenAsTheyAreStored() {
    var change =
        TABLE
            .row("a")
            .set("owner", "\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00")
            .set("balance", 5)
            .set("rate", new BigDecimal("-123.4"))
            .set("at", Instant.parse("2025-01-01T00:00:00.123456789Z"));

    assertThat(change.set())
        .containsEntry("balance", 5L)
        .containsEntry("rate", new BigDecimal("-123.40"))
        .containsEntry("at", Instant.parse("2025-01-01T00:00:00.123456Z"));
  }

  @Test
  void whatAColumnDoesNotTakeIsNamed() {
    var row = TABLE.row("a");

    assertThatThrownBy(() -> row.set("owner", "four")).hasMessageContaining("takes 3 code points");
    assertThatThrownBy(() -> row.set("owner", "\uD83D")).hasMessageContaining("half a character");
    assertThatThrownBy(() -> row.set("owner", 4)).hasMessageContaining("takes String, not Integer");
    assertThatThrownBy(() -> row.set("balance", null)).hasMessageContaining("is never NULL");
    assertThatThrownBy(() -> row.set("rate", new BigDecimal("1.234")))
        .hasMessageContaining("2 digits after the point");
    assertThatThrownBy(() -> row.set("rate", new BigDecimal("1234")))
        .hasMessageContaining("3 digits before the point");
    assertThatThrownBy(() -> row.set("at", Instant.EPOCH.minusSeconds(1L << 36)))
        .hasMessageContaining("years 1000 to 9999");
    assertThatThrownBy(() -> row.set("raw", new byte[3])).hasMessageContaining("takes 2 bytes");
    assertThatThrownBy(() -> row.set("account", "b")).hasMessageContaining("no column account");
    assertThatThrownBy(() -> row.add("owner", 1)).hasMessageContaining("no number to add to");
    assertThatThrownBy(() -> TABLE.row()).hasMessageContaining("has 1 parts, not 0");
    assertThatThrownBy(() -> row.add("balance", Long.MAX_VALUE).add("balance", 1))
        .hasMessageContaining("too large");
  }

  @Test
  void changesOfOneRowBecomeOne() {
    var row = TABLE.row("a");

    assertThat(row.add("balance", 2).then(row.add("balance", 3))).isEqualTo(row.add("balance", 5));
    assertThat(row.set("balance", 2).then(row.add("balance", 3))).isEqualTo(row.set("balance", 5));
    assertThat(row.add("balance", 2).then(row.set("balance", 3))).isEqualTo(row.set("balance", 3));
    assertThat(row.set("owner", "x").then(row.delete())).isEqualTo(row.delete());
    assertThat(row.delete().then(row.set("owner", "x")))
        .isEqualTo(row.delete().set("owner", "x"))
        .isNotEqualTo(row.set("owner", "x"));
    assertThat(row.delete().isWrite()).isFalse();
    assertThat(row.delete().add("balance", 0).isWrite()).isTrue();
    assertThat(TABLE.row("a")).isNotEqualTo(TABLE.row("b"));
  }

  private static Column[] texts(int count, int length) {
    return IntStream.range(0, count)
        .mapToObj(i -> Column.text("c" + i, length))
        .toArray(Column[]::new);
  }

  @Test
  void tablesThatNoServerTakesAreRefusedByColumnAndLimit() {
    var wide = QueryTable.named("wide").key(Column.text("id", 128)).columns(texts(4, 4_000));
    assertThat(wide.build().values()).hasSize(4);

    assertThatThrownBy(() -> wide.columns(Column.text("more", 4_000)).build())
        .hasMessageContaining("table wide is too wide: with column ")
        .hasMessageContaining("65535 is the limit");
    assertThatThrownBy(
            () -> QueryTable.named("w").key(Column.text("id", 9)).columns(texts(190, 60)).build())
        .hasMessageContaining("8000 is the limit");
    assertThatThrownBy(
            () -> QueryTable.named("w").key(Column.text("id", 9)).columns(texts(1_100, 1)).build())
        .hasMessageContaining("has more than 1000 columns");
    assertThatThrownBy(
            () ->
                QueryTable.named("w")
                    .key(Column.text("id", 9))
                    .columns(Column.integer("n"))
                    .index("i", "n", "n")
                    .build())
        .hasMessageContaining("names a column twice");
    assertThatThrownBy(
            () ->
                QueryTable.named("w")
                    .key(Column.text("id", 9))
                    .columns(Column.integer("n"))
                    .index("primary", "n")
                    .build())
        .hasMessageContaining("named primary");
  }

  @Test
  void hugeExponentsAreRefusedBeforeTheirDigitsAreWrittenDown() {
    var column = Column.decimal("amount", 20, 2);

    for (var number : List.of("1e1000000", "1e100000000", "1e2147483647", "-1e100000000")) {
      assertThatThrownBy(() -> column.checked(new BigDecimal(number)))
          .as(number)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("column amount has 18 digits before the point, the value");
    }
    for (var number : List.of("1e-3", "1e-100000000", "1.234", "1e-2147483647")) {
      assertThatThrownBy(() -> column.checked(new BigDecimal(number)))
          .as(number)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("column amount has 2 digits after the point, the value");
    }
    assertThat(column.checked(new BigDecimal("0e-100000000"))).isEqualTo(new BigDecimal("0.00"));
    assertThat(column.checked(new BigDecimal("0e2147483647"))).isEqualTo(new BigDecimal("0.00"));
    assertThat(column.checked(new BigDecimal("12.5000"))).isEqualTo(new BigDecimal("12.50"));
    assertThat(column.checked(new BigDecimal("1e17")))
        .isEqualTo(new BigDecimal("100000000000000000.00"));
  }

  @Test
  void aRowThatIsDeletedAndThenMadeIsThere() {
    var members =
        QueryTable.named("members").key(Column.text("grp", 20), Column.text("member", 20)).build();
    var row = members.row("g", "ann");

    var folded = row.then(row.delete()).then(row);

    assertThat(folded.isDelete()).isTrue();
    assertThat(folded.isWrite()).isTrue();
    assertThat(folded).isNotEqualTo(row.delete()).hasToString("members[g, ann] delete, make");
    assertThat(folded.then(row.delete())).isEqualTo(row.delete());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "A", "1a", "a-b", "a__b", "projection", "projection_x", "anabranch_x", "a_v1"})
  void namesThatTheQueryDatabaseNeedsItselfAreRefused(String name) {
    assertThatThrownBy(() -> QueryTable.named(name)).hasMessageContaining("table name '" + name);
  }

  @Test
  void tablesThatCantBeMadeAreRefused() {
    assertThatThrownBy(() -> QueryTable.named("t").build()).hasMessageContaining("has no key");
    assertThatThrownBy(() -> QueryTable.named("t").key(Column.text("a", 900)).build())
        .hasMessageContaining("more than 3072 bytes");
    assertThatThrownBy(
            () ->
                QueryTable.named("t").key(Column.text("a", 9)).columns(Column.integer("a")).build())
        .hasMessageContaining("two columns a");
    assertThatThrownBy(
            () -> QueryTable.named("t").key(Column.text("a", 9)).index("i", "nope").build())
        .hasMessageContaining("of column nope");
    assertThatThrownBy(() -> QueryTable.named("t").key(Column.longText("a")).build())
        .hasMessageContaining("long text");
  }

  /** Stored with each version: another text means other tables. */
  @Test
  void theDefinitionIsStable() {
    assertThat(TABLE.definition())
        .isEqualTo(
            "balances key(account text(3)) columns(owner text(3), balance integer,"
                + " rate decimal(5,2), open bool, at timestamp, raw bytes(2))"
                + " index by_owner[owner, balance]");
  }

  @Test
  void projectionsSayWhatIsMissingOrTwice() {
    assertThatThrownBy(() -> Projection.named("p").build())
        .hasMessageContaining("has no tables; call .tables(...)");
    assertThatThrownBy(() -> Projection.named("p").tables(TABLE).build())
        .hasMessageContaining("has no events; call .from(...)");
    assertThatThrownBy(() -> Projection.named("P")).hasMessageContaining("must match");
    assertThatThrownBy(() -> Projections.of(List::of).only(List.of("x")))
        .hasMessageContaining("no projection 'x'");
  }
}
