package dev.anabranch.connectors.kafka.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HexFormat;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The bytes of a position in savepoints: for ever, and in both directions. */
class IdentifiedSplitSerializerTest {

  private static final TopicPartition PARTITION = new TopicPartition("commands.eu", 3);

  /** Name, partition 3, offset 513, no stopping offset, id. */
  private static final String STORED =
      "000b636f6d6d616e64732e6575"
          + "00000003"
          + "0000000000000201"
          + "8000000000000000"
          + "00043971536d";

  private final IdentifiedSplitSerializer serializer = new IdentifiedSplitSerializer();
  private final IdentifiedSplit split = new IdentifiedSplit(PARTITION, 513, "9qSm");

  @Test
  void isWrittenAndReadAsEver() throws IOException {
    assertThat(serializer.getVersion()).isEqualTo(1);
    assertThat(HexFormat.of().formatHex(serializer.serialize(split))).isEqualTo(STORED);
    assertThat(serializer.deserialize(1, HexFormat.of().parseHex(STORED))).isEqualTo(split);
  }

  @Test
  void theEpochStandsBehindWhatAReleaseWithoutItReads() throws IOException {
    var known = new IdentifiedSplit(PARTITION, 513, "9qSm", 7);

    assertThat(HexFormat.of().formatHex(serializer.serialize(known)))
        .isEqualTo(STORED + "00000007");
    assertThat(serializer.deserialize(1, HexFormat.of().parseHex(STORED + "00000007")))
        .isEqualTo(known);
    assertThat(new KafkaPartitionSplitSerializer().deserialize(1, serializer.serialize(known)))
        .isEqualTo(new KafkaPartitionSplit(PARTITION, 513));
  }

  @Test
  void whatAReleaseWithoutIdsWroteIsReadWithoutOne() throws IOException {
    var before = new KafkaPartitionSplit(PARTITION, 513);
    var read = serializer.deserialize(0, new KafkaPartitionSplitSerializer().serialize(before));

    assertThat(read).isEqualTo(before);
    assertThat(IdentifiedSplit.of(read).topicId()).isEmpty();
  }

  @Test
  void aReleaseWithoutIdsReadsWhatThisOneWrites() throws IOException {
    assertThat(new KafkaPartitionSplitSerializer().deserialize(1, serializer.serialize(split)))
        .isEqualTo(new KafkaPartitionSplit(PARTITION, 513));
  }

  @Test
  void aLaterFormatIsRefused() {
    assertThatThrownBy(() -> serializer.deserialize(2, new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has format 2, this release knows 1");
  }
}
