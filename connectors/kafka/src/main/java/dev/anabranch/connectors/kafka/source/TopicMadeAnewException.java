package dev.anabranch.connectors.kafka.source;

/** Ends the task, so that its restart finds out what the positions are worth now. */
final class TopicMadeAnewException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TopicMadeAnewException(String topic, String where) {
    super(
        "topic %s at %s was made anew while it was read: the job restarts, and reads the new one from its first record on"
            .formatted(topic, where));
  }
}
