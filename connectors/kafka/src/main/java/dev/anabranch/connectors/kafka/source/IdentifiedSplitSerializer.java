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
 * Version 1: the bytes of Flink's own serializer, version 0, and behind them the topic's id as
 * modified UTF-8. Flink's own does not look behind its bytes, so releases before this one read it
 * too; what they wrote is read as a split whose topic is not known.
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
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.write(flinks.serialize(split));
      out.writeUTF(IdentifiedSplit.of(split).topicId());
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
    return version == FLINKS ? split : IdentifiedSplit.of(split, topicId(serialized));
  }

  private static String topicId(byte[] serialized) throws IOException {
    try (var in = new DataInputStream(new ByteArrayInputStream(serialized))) {
      var unused = in.readUTF();
      in.skipNBytes(Integer.BYTES + 2 * Long.BYTES);
      return in.readUTF();
    }
  }
}
