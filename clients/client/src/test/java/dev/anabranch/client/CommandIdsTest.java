package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CommandIdsTest {

  private static final int IDS = 10_000;

  @Test
  void growWithTheMillisecond() {
    var before = Instant.now().toEpochMilli();
    var last = before;
    var seen = new HashSet<String>();
    for (var i = 0; i < IDS; i++) {
      var id = CommandIds.next();
      var uuid = UUID.fromString(id);
      var millis = uuid.getMostSignificantBits() >>> 16;

      assertThat(uuid.version()).isEqualTo(7);
      assertThat(millis).isBetween(last, Instant.now().toEpochMilli());
      assertThat(seen.add(id)).isTrue();
      last = millis;
    }
  }
}
