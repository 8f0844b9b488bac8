package dev.anabranch.jobs;

import dev.anabranch.connectors.kafka.CommandSource;
import dev.anabranch.connectors.kafka.DeadLetterSink;
import dev.anabranch.connectors.kafka.EventSink;
import dev.anabranch.connectors.kafka.KafkaPublishedLog;
import dev.anabranch.connectors.kafka.ReplySink;
import dev.anabranch.connectors.kafka.ReplyTopics;
import dev.anabranch.connectors.mysql.MySqlEventStoreFactory;
import dev.anabranch.model.CommandRecord;
import dev.anabranch.model.CommandReply;
import dev.anabranch.model.DeadLetter;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.PublishedLog;
import dev.anabranch.store.StoreLayout;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;

/**
 * The outside of a command job: all that it reads from and writes to.
 *
 * @param inbound commits of other regions; empty: the region is alone
 */
record CommandEndpoints(
    Source<CommandRecord, ?, ?> commands,
    Optional<Source<CommandRecord, ?, ?>> inbound,
    EventStoreFactory store,
    PublishedLog published,
    Sink<LogRow> events,
    Sink<CommandReply> replies,
    Sink<DeadLetter> deadLetters) {

  private static final Duration REPLY_TOPIC_REFRESH = Duration.ofSeconds(30);

  /** Kafka and MySQL as configured. */
  static CommandEndpoints of(CommandJobOptions options, StartCheck.Found found) {
    var kafka = options.kafka();
    return new CommandEndpoints(
        CommandSource.builder(
                kafka, List.of(options.commands().topic()), options.commands().groupId())
            .start(found.start())
            .build(),
        options.regions().inboundTopic().map(topic -> inbound(options, topic)),
        new MySqlEventStoreFactory(options.store().config()),
        new KafkaPublishedLog(kafka, options.events().topic(), options.region().name().value()),
        events(options, found.layout()),
        ReplySink.of(replies(options)),
        DeadLetterSink.of(
            kafka, options.deadLetters().topic(), found.deadLetterMaxBytes(), Map.of()));
  }

  /** From the earliest on if there is no checkpoint: what is in the log is dropped by its dot. */
  private static Source<CommandRecord, ?, ?> inbound(CommandJobOptions options, String topic) {
    return CommandSource.builder(
            options.kafka(), List.of(topic), options.commands().groupId() + "-inbound")
        .start(CommandSource.Start.EARLIEST)
        .build();
  }

  private static Sink<LogRow> events(CommandJobOptions options, StoreLayout layout) {
    var events = options.events();
    var sink =
        EventSink.builder(options.kafka(), events.topic(), layout)
            .commitMaxBytes(options.operator().maxCommitBytes());
    if (events.isExactlyOnce()) {
      sink.exactlyOnce(events.transactionalIdPrefix(), events.transactionTimeout());
    }
    return sink.build();
  }

  private static ReplySink.Options replies(CommandJobOptions options) {
    var replies = options.replies();
    var reserved =
        Set.of(options.commands().topic(), options.events().topic(), options.deadLetters().topic());
    return new ReplySink.Options(
        options.kafka(),
        replies.topic(),
        new ReplyTopics(
            replies.allowedTopics(), replies.allowedTopicsPattern().orElse(null), reserved),
        replies.maxBytes(),
        REPLY_TOPIC_REFRESH,
        Map.of());
  }
}
