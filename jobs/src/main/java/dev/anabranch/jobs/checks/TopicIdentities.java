package dev.anabranch.jobs.checks;

import dev.anabranch.connectors.kafka.source.Reading;
import dev.anabranch.connectors.mysql.log.RegionTopics;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics of a region against those that it worked with before, for starts that have no
 * checkpoint, and for topics that a job only writes: no position would tell of them.
 */
final class TopicIdentities {

  private static final Logger LOG = LoggerFactory.getLogger(TopicIdentities.class);

  private TopicIdentities() {}

  /**
   * Notes which topics there are now, and tells of those that were made anew.
   *
   * @param ids Kafka's id of each topic, by name
   * @param remedies what to do about a topic that was made anew, by name
   * @return the topics that were made anew since they were noted; one that was not is adopted
   */
  static Set<String> madeAnew(
      MySqlStoreConfig store, Map<String, String> ids, Map<String, String> remedies) {
    return madeAnew(store, ids, remedies, topic -> true);
  }

  /**
   * Compares topics that are not to be noted before something is done about them: whatever ends
   * this start after that, the next one finds it done, or does it.
   *
   * @param settled does so for a topic that was made anew; false: it could not, so that the topic
   *     is not noted
   */
  static Set<String> madeAnew(
      MySqlStoreConfig store,
      Map<String, String> ids,
      Map<String, String> remedies,
      Predicate<String> settled) {
    var topics = new RegionTopics(store);
    var before = topics.read();
    var anew = madeAnew(before, ids, remedies);
    var toNote = new HashMap<>(ids);
    anew.stream().filter(settled.negate()).forEach(toNote::remove);
    topics.note(toNote).problems().forEach(LOG::warn);
    return anew;
  }

  private static Set<String> madeAnew(
      RegionTopics.Found before, Map<String, String> ids, Map<String, String> remedies) {
    var anew = new HashSet<String>();
    new TreeMap<>(ids)
        .forEach(
            (topic, id) -> {
              var noted = before.topics().get(topic);
              if (noted == null) {
                LOG.info("Topic {} has id {}, which is noted in the event store", topic, id);
              } else if (!noted.topicId().equals(id)) {
                anew.add(topic);
                LOG.warn(
                    "Topic {} was made anew since this region worked with it (id {}, before {}): what was in it is"
                        + " gone. {}",
                    topic,
                    id,
                    noted.topicId(),
                    remedies.getOrDefault(topic, ""));
              }
            });
    return anew;
  }

  /** Those that a job is to look at while it runs. */
  static Map<String, Reading.Watched> watched(
      Map<String, String> ids, Map<String, String> remedies) {
    var watched = new HashMap<String, Reading.Watched>();
    remedies.forEach(
        (topic, remedy) -> {
          var id = ids.get(topic);
          if (id != null) {
            watched.put(topic, new Reading.Watched(id, remedy));
          }
        });
    return watched;
  }
}
