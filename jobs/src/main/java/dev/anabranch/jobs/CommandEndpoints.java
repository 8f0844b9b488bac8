package dev.anabranch.jobs;

import dev.anabranch.connectors.kafka.reader.KafkaPublishedLog;
import dev.anabranch.connectors.kafka.reply.ReplySink;
import dev.anabranch.connectors.kafka.reply.ReplyTopics;
import dev.anabranch.connectors.kafka.sink.DeadLetterSink;
import dev.anabranch.connectors.kafka.sink.EventSink;
import dev.anabranch.connectors.kafka.source.CommandSource;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.jobs.checks.StartCheck;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.PublishedLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            .partitionDiscovery(options.commands().partitionDiscovery())
            .watch(found.watched())
            .build(),
        options.regions().inboundTopic().map(topic -> inbound(options, topic)),
        new MySqlEventStoreFactory(options.store().config()),
        new KafkaPublishedLog(kafka, options.events().topic(), options.region().name().value()),
        events(options, found),
        ReplySink.of(replies(options)),
        DeadLetterSink.of(
            kafka, options.deadLetters().topic(), found.deadLetterMaxBytes(), Map.of()));
  }

  /** From the earliest on if there is no checkpoint: what is in the log is dropped by its dot. */
  private static Source<CommandRecord, ?, ?> inbound(CommandJobOptions options, String topic) {
    return CommandSource.builder(
            options.kafka(), List.of(topic), options.commands().groupId() + "-inbound")
        .start(CommandSource.Start.EARLIEST)
        .partitionDiscovery(options.commands().partitionDiscovery())
        .consequence(StartCheck.RELEASE_AGAIN)
        .build();
  }

  private static Sink<LogRow> events(CommandJobOptions options, StartCheck.Found found) {
    var events = options.events();
    var sink =
        EventSink.builder(options.kafka(), events.topic(), found.layout())
            .maxRecordBytes(found.eventsMaxBytes());
    if (events.isExactlyOnce()) {
      sink.exactlyOnce(events.transactionalIdPrefix(), events.transactionTimeout());
    }
    return sink.build();
  }

  private static ReplySink.Options replies(CommandJobOptions options) {
    var replies = options.replies();
    return new ReplySink.Options(
        options.kafka(),
        replies.topic(),
        new ReplyTopics(
            replies.allowedTopics(),
            replies.allowedTopicsPattern().orElse(null),
            options.reserved()),
        replies.maxBytes(),
        REPLY_TOPIC_REFRESH,
        Map.of());
  }
}
