package dev.anabranch.serde;

import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.SourcePosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Format 1: flags, routing key, key (unless missing or equal to the routing key, as it should be),
 * value, headers with known names as one-byte codes, source position. The topic's id, if it is
 * known, stands behind its name and a zero byte, which no name has, and the leader's epoch behind
 * the id in the same way: so it is no other format. Every command crosses the network in this form.
 *
 * <p><b>Bounds.</b> It remembers {@value #MAX_REMEMBERED} of these texts: partitions have epochs of
 * their own.
 *
 * <p><b>Threads.</b> One thread each, as Flink has it: it remembers topics.
 */
public final class CommandRecordSerializer extends ImmutableSerializer<CommandRecord> {
  private static final long serialVersionUID = 1L;

  private static final int HAS_OWN_KEY = 1;
  private static final int KEY_IS_ROUTING_KEY = 2;
  private static final int HAS_VALUE = 4;

  // Not sent with the job graph, and so missing where the serializer arrives.
  private transient byte @Nullable [] lastReadBytes;
  private transient @Nullable Topic lastRead;
  private transient byte @Nullable [] lastWrittenBytes;
  private transient @Nullable Topic lastWritten;
  private transient @Nullable Map<ByteBuffer, Topic> read;
  private transient @Nullable Map<Topic, byte[]> written;

  private static final int MAX_REMEMBERED = 256;

  /** Name, id, and the epoch of the leader that took a record. */
  private record Topic(String name, String id, int epoch) {
    private static final char SEPARATOR = 0;

    byte[] toBytes() {
      var text = new StringBuilder(name);
      if (!id.isEmpty() || epoch != SourcePosition.UNKNOWN_EPOCH) {
        text.append(SEPARATOR).append(id);
      }
      if (epoch != SourcePosition.UNKNOWN_EPOCH) {
        text.append(SEPARATOR).append(epoch);
      }
      return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    static Topic of(byte[] bytes) {
      var text = new String(bytes, StandardCharsets.UTF_8);
      var end = text.indexOf(SEPARATOR);
      if (end < 0) {
        return new Topic(text, "", SourcePosition.UNKNOWN_EPOCH);
      }
      var id = text.substring(end + 1);
      var endOfId = id.indexOf(SEPARATOR);
      return endOfId < 0
          ? new Topic(text.substring(0, end), id, SourcePosition.UNKNOWN_EPOCH)
          : new Topic(
              text.substring(0, end),
              id.substring(0, endOfId),
              Integer.parseInt(id.substring(endOfId + 1)));
    }

    boolean isOf(SourcePosition source) {
      return epoch == source.leaderEpoch()
          && name.equals(source.topic())
          && id.equals(source.topicId());
    }
  }

  @Override
  public TypeSerializer<CommandRecord> duplicate() {
    return new CommandRecordSerializer();
  }

  @Override
  public void serialize(CommandRecord record, DataOutputView out) throws IOException {
    var message = record.message();
    var routingKey = record.routingKey().getBytes(StandardCharsets.UTF_8);
    var key = message.key();
    var value = message.value();
    var keyFlag = Arrays.equals(key, routingKey) ? KEY_IS_ROUTING_KEY : HAS_OWN_KEY;
    out.writeByte((key == null ? 0 : keyFlag) | (value == null ? 0 : HAS_VALUE));
    Views.writeBytes(routingKey, out);
    if (key != null && keyFlag == HAS_OWN_KEY) {
      Views.writeBytes(key, out);
    }
    if (value != null) {
      Views.writeBytes(value, out);
    }
    writeHeaders(message.headers(), out);
    var source = record.source();
    Views.writeBytes(topicBytes(source), out);
    Views.writeNumber(source.partition(), out);
    Views.writeNumber(source.offset(), out);
    out.writeLong(source.timestampMillis());
  }

  @Override
  public CommandRecord deserialize(DataInputView in) throws IOException {
    var flags = in.readByte();
    var routingKey = Views.readBytes(in);
    byte[] key = null;
    if ((flags & HAS_OWN_KEY) != 0) {
      key = Views.readBytes(in);
    } else if ((flags & KEY_IS_ROUTING_KEY) != 0) {
      key = routingKey;
    }
    var value = (flags & HAS_VALUE) != 0 ? Views.readBytes(in) : null;
    var headers = readHeaders(in);
    var topic = readTopic(in);
    var source =
        new SourcePosition(
            topic.name(),
            Views.readInt(in),
            Views.readNumber(in),
            in.readLong(),
            topic.id(),
            topic.epoch());
    return new CommandRecord(
        new String(routingKey, StandardCharsets.UTF_8),
        new MessageRecord(key, value, headers),
        source);
  }

  private static void writeHeaders(List<RecordHeader> headers, DataOutputView out)
      throws IOException {
    Views.writeNumber(headers.size(), out);
    for (var header : headers) {
      var code = HeaderNames.codeOf(header.name());
      out.writeByte(code);
      if (code == HeaderNames.OTHER) {
        Views.writeText(header.name(), out);
      }
      Views.writeBytes(header.value(), out);
    }
  }

  private static List<RecordHeader> readHeaders(DataInputView in) throws IOException {
    var size = Views.readInt(in);
    var headers = new ArrayList<RecordHeader>(Math.min(size, 64));
    for (var i = 0; i < size; i++) {
      var code = in.readUnsignedByte();
      var name = code == HeaderNames.OTHER ? Views.readText(in) : HeaderNames.nameOf(code);
      headers.add(new RecordHeader(name, Views.readBytes(in)));
    }
    return headers;
  }

  private byte[] topicBytes(SourcePosition source) {
    var bytes = lastWrittenBytes;
    if (bytes == null || lastWritten == null || !lastWritten.isOf(source)) {
      var topic = new Topic(source.topic(), source.topicId(), source.leaderEpoch());
      var known = written == null ? new HashMap<Topic, byte[]>() : written;
      written = known;
      bytes = remembered(known, topic, Topic::toBytes);
      lastWritten = topic;
      lastWrittenBytes = bytes;
    }
    return bytes;
  }

  private Topic readTopic(DataInputView in) throws IOException {
    var bytes = Views.readBytes(in);
    var topic = lastRead;
    if (topic == null || !Arrays.equals(bytes, lastReadBytes)) {
      var known = read == null ? new HashMap<ByteBuffer, Topic>() : read;
      read = known;
      topic = remembered(known, ByteBuffer.wrap(bytes), key -> Topic.of(key.array()));
      lastReadBytes = bytes;
      lastRead = topic;
    }
    return topic;
  }

  private static <K, V> V remembered(Map<K, V> known, K key, Function<K, V> make) {
    if (known.size() >= MAX_REMEMBERED) {
      known.clear();
    }
    return known.computeIfAbsent(key, make);
  }

  @Override
  public TypeSerializerSnapshot<CommandRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints. */
  public static final class Snapshot extends FormatSnapshot<CommandRecord> {
    @Override
    public TypeSerializer<CommandRecord> restoreSerializer() {
      return new CommandRecordSerializer();
    }
  }
}
