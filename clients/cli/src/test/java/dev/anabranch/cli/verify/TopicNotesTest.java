package dev.anabranch.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.mysql.log.RegionTopics.Noted;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What verify says of topics that are not those which the region's jobs have noted. */
class TopicNotesTest {

  @Test
  void eachTopicThatIsOrWasAnotherIsNamed() {
    var noted =
        Map.of(
            "commands.eu", new Noted("new", 3),
            "events.eu", new Noted("old", 1),
            "replies.eu", new Noted("same", 1),
            "views.eu", new Noted("gone", 1));
    var now = Map.of("commands.eu", "new", "events.eu", "other", "replies.eu", "same");

    assertThat(TopicNotes.of(noted, now))
        .satisfiesExactly(
            note -> assertThat(note).contains("commands.eu was made anew 2 times"),
            note -> assertThat(note).contains("events.eu was made anew (id other, before old)"),
            note -> assertThat(note).contains("views.eu").contains("is not there"));
  }
}
