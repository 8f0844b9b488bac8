package dev.anabranch.connectors.kafka.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.store.LogBookmark;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A partition whose bookmark was noted when it was what it is now, and when it was not. */
class ComparisonStartTest {

  private static final long PIECE = ComparisonStart.RECORDS_WITHOUT_BOOKMARK;

  @Test
  void itBeginsAtTheBookmark() {
    assertThat(start(bookmark(700), 100, 900)).isEqualTo(new ComparisonStart(700, null));
    assertThat(start(bookmark(900), 100, 900)).isEqualTo(new ComparisonStart(900, null));
    assertThat(start(bookmark(100), 100, 900)).isEqualTo(new ComparisonStart(100, null));
  }

  @Test
  void aBookmarkOfATopicThatWasMadeAnewProvesNothing() {
    var start = start(new LogBookmark("former", 50_000), 0, 60_000);

    assertThat(start.offset()).as("its end, as without a bookmark").isEqualTo(60_000 - PIECE);
    assertThat(start.unchecked()).contains("topic events was made anew");
  }

  @Test
  void aTopicThatEndsBeforeTheBookmarkHasLostRecords() {
    var start = start(bookmark(901), 100, 900);

    assertThat(start.offset()).isEqualTo(100);
    assertThat(start.unchecked()).contains("ends at 900, before 901: it lost records");
  }

  @Test
  void recordsBehindTheBookmarkThatWereDeletedCantBeCompared() {
    var start = start(bookmark(99), 100, 900);

    assertThat(start.offset()).isEqualTo(100);
    assertThat(start.unchecked()).contains("begins at 100: its records from 99 on were deleted");
  }

  @Test
  void withoutABookmarkAPieceOfTheEndIsRead() {
    assertThat(start(null, 0, 900))
        .as("all there ever was")
        .isEqualTo(new ComparisonStart(0, null));
    assertThat(start(null, 100, 900).unchecked()).contains("the last 800 records were");
    assertThat(start(null, 100, 60_000).offset()).isEqualTo(60_000 - PIECE);
  }

  private static ComparisonStart start(@Nullable LogBookmark from, long begin, long end) {
    return ComparisonStart.of("events", "now", from, begin, end);
  }

  private static LogBookmark bookmark(long position) {
    return new LogBookmark("now", position);
  }
}
