package dev.anabranch.connectors.mysql.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlBufferTest {

  private final SqlBuffer sql = new SqlBuffer();

  @Test
  void onlyQuotesAreDoubled() {
    sql.binary(new byte[] {'a', '\'', '\\', 0, 0x1a, '"', (byte) 0xff, '\''});

    assertThat(sql.toStatement()).isEqualTo("_binary'a''\\\0\u001a\"\u00ff'''");
  }

  @Property
  void aValueEndsAtItsOwnQuoteAndReadsBackExactly(@ForAll @Size(max = 300) byte[] value) {
    var text = new SqlBuffer().binary(value).toStatement();

    var inner = text.substring("_binary'".length(), text.length() - 1);
    assertThat(inner.replace("''", "")).doesNotContain("'");
    assertThat(inner.replace("''", "'").getBytes(ISO_8859_1)).isEqualTo(value);
  }

  @Property
  void aTextIsItsUtf8Bytes(@ForAll String value) {
    assertThat(new SqlBuffer().binary(value).toStatement())
        .isEqualTo(new SqlBuffer().binary(value.getBytes(UTF_8)).toStatement());
  }

  @Property
  void anyNumberIsWritten(@ForAll long value) {
    assertThat(new SqlBuffer().number(value).toStatement()).isEqualTo(Long.toString(value));
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 9, 10, -1, -10, Long.MAX_VALUE, Long.MIN_VALUE, 999_999_999_999_999_999L})
  void theEdgesOfNumbersAreWritten(long value) {
    assertThat(sql.number(value).toStatement()).isEqualTo(Long.toString(value));
  }

  @Test
  void theBufferGrowsAndIsReused() {
    var large = new byte[10_000_000];
    sql.binary(large).clear();
    sql.sql("SELECT ").number(1);

    assertThat(sql.toStatement()).isEqualTo("SELECT 1");
  }

  @Test
  void whatDidNotFitIsTakenBack() {
    sql.sql("a");
    var before = sql.size();
    sql.sql(",bcd").truncate(before);

    assertThat(sql.sql('e').toStatement()).isEqualTo("ae");
  }
}
