package dev.anabranch.connectors.kafka.source;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Version 1: the bytes of Flink's own serializer, version 0, behind them the topic's id as modified
 * UTF-8, and behind that the leader epoch, four bytes, if it is known. Flink's own does not look
 * behind its bytes, nor did the release that wrote no epoch look behind the id: so releases before
 * this one read it too. What they wrote is read as a split whose topic, or epoch, is not known.
 */
final class IdentifiedSplitSerializer implements SimpleVersionedSerializer<KafkaPartitionSplit> {

  private static final int VERSION = 1;
  private static final int FLINKS = 0;

  private final KafkaPartitionSplitSerializer flinks = new KafkaPartitionSplitSerializer();

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(KafkaPartitionSplit split) throws IOException {
    var identified = IdentifiedSplit.of(split);
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.write(flinks.serialize(split));
      out.writeUTF(identified.topicId());
      if (identified.leaderEpoch() != IdentifiedSplit.NO_EPOCH) {
        out.writeInt(identified.leaderEpoch());
      }
    }
    return bytes.toByteArray();
  }

  @Override
  public KafkaPartitionSplit deserialize(int version, byte[] serialized) throws IOException {
    if (version > VERSION) {
      throw new IOException(
          "a position in Kafka has format %s, this release knows %s: start it with the release that wrote it, or a later one"
              .formatted(version, VERSION));
    }
    var split = flinks.deserialize(FLINKS, serialized);
    return version == FLINKS ? split : identified(split, serialized);
  }

  private static IdentifiedSplit identified(KafkaPartitionSplit split, byte[] serialized)
      throws IOException {
    try (var in = new DataInputStream(new ByteArrayInputStream(serialized))) {
      in.readUTF();
      in.skipNBytes(Integer.BYTES + 2 * Long.BYTES);
      var topicId = in.readUTF();
      var epoch = in.available() >= Integer.BYTES ? in.readInt() : IdentifiedSplit.NO_EPOCH;
      return new IdentifiedSplit(
          split.getTopicPartition(), split.getStartingOffset(), topicId, epoch);
    }
  }
}
