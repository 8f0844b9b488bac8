package dev.anabranch.cli.verify;

import dev.anabranch.connectors.mysql.log.RegionTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the comparison of store and topic can't see: topics that are others than before. Rows and
 * records may agree although commands of a topic that is gone were never read.
 */
public final class TopicNotes {

  private TopicNotes() {}

  /**
   * A sentence for each topic that is, or was once, another one.
   *
   * @param noted by the region's jobs
   * @param now Kafka's id of each topic that is there
   */
  public static List<String> of(Map<String, RegionTopics.Noted> noted, Map<String, String> now) {
    var notes = new ArrayList<String>();
    new TreeMap<>(noted)
        .forEach(
            (topic, before) -> {
              var id = now.get(topic);
              if (id == null) {
                notes.add("topic %s, which a job has worked with, is not there".formatted(topic));
              } else if (!id.equals(before.topicId())) {
                notes.add(
                    "topic %s was made anew (id %s, before %s), and no job has started since: what was in the one before and not read is gone"
                        .formatted(topic, id, before.topicId()));
              } else if (before.generation() > 1) {
                notes.add(
                    String.format(
                        Locale.ROOT,
                        "topic %s was made anew %d times since the region began: what was in those before and not read is gone",
                        topic,
                        before.generation() - 1));
              }
            });
    return notes;
  }
}
