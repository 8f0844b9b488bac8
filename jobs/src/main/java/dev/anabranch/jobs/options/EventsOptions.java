package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.causality.RegionId;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import java.time.Duration;
import java.util.List;

/** How the region's log is published. */
public record EventsOptions(
    String topic, Delivery delivery, String transactionalIdPrefix, Duration transactionTimeout) {

  /** How often a row may be in the events topic. */
  public enum Delivery {
    /** Once, and again after a restart: readers drop what they have. Visible at once. */
    AT_LEAST_ONCE("at-least-once"),
    /** Once, in Kafka transactions: visible with the next checkpoint. */
    EXACTLY_ONCE("exactly-once");

    private final String text;

    Delivery(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  static final JobOption<String> TOPIC =
      JobOption.optional(
          key("events.topic")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Topic in which the command job publishes every row of the region's log."),
          TopicOptions.TOPIC_RULE,
          "`events.` and the region's name");

  static final JobOption<Delivery> DELIVERY =
      JobOption.withDefault(
          key("events.delivery")
              .enumType(Delivery.class)
              .defaultValue(Delivery.AT_LEAST_ONCE)
              .withDescription(
                  "`at-least-once` publishes rows within milliseconds and some again after a restart,"
                      + " which readers drop by shard and offset; `exactly-once` publishes in Kafka"
                      + " transactions for readers that can't, and rows become visible with the next"
                      + " checkpoint, which is then made every second unless"
                      + " flink.execution.checkpointing.interval says otherwise."),
          ValueRule.any("at-least-once or exactly-once"));

  static final JobOption<String> TRANSACTIONAL_ID_PREFIX =
      JobOption.optional(
          key("events.transactional-id-prefix")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Begin of the transactional ids of `exactly-once`, unique in the Kafka cluster and"
                      + " the same at every start."),
          ValueRule.matching("\\S{1,200}", "1 to 200 characters without spaces"),
          "`anabranch-events-` and the region's name");

  static final JobOption<Duration> TRANSACTION_TIMEOUT =
      JobOption.withDefault(
          key("events.transaction-timeout")
              .durationType()
              .defaultValue(Duration.ofMinutes(15))
              .withDescription(
                  "How long a transaction of `exactly-once` may stay open: longer than the longest"
                      + " outage to survive, and at most the brokers' transaction.max.timeout.ms."),
          ValueRule.between(Duration.ofMinutes(1), Duration.ofDays(7)));

  static final List<JobOption<?>> ALL =
      List.of(TOPIC, DELIVERY, TRANSACTIONAL_ID_PREFIX, TRANSACTION_TIMEOUT);

  static EventsOptions read(OptionReader reader, RegionId region) {
    var events =
        new EventsOptions(
            reader.find(TOPIC).orElse("events." + region),
            reader.get(DELIVERY),
            reader.find(TRANSACTIONAL_ID_PREFIX).orElse("anabranch-events-" + region),
            reader.get(TRANSACTION_TIMEOUT));
    for (var option : List.of(TRANSACTIONAL_ID_PREFIX, TRANSACTION_TIMEOUT)) {
      reader.require(
          events.isExactlyOnce() || !reader.isGiven(option),
          option,
          "has no effect while "
              + DELIVERY
              + " is "
              + events.delivery
              + "; remove it, or set "
              + DELIVERY
              + " to "
              + Delivery.EXACTLY_ONCE,
          DELIVERY);
    }
    return events;
  }

  public boolean isExactlyOnce() {
    return delivery == Delivery.EXACTLY_ONCE;
  }
}
