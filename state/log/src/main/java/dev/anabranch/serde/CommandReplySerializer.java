package dev.anabranch.serde;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Format 1: flags for what may be missing, then the fields in order. */
public final class CommandReplySerializer extends ImmutableSerializer<CommandReply> {
  private static final long serialVersionUID = 1L;

  private static final int HAS_COMMAND_ID = 1;
  private static final int HAS_AGGREGATE = 2;
  private static final int HAS_BACKING = 4;
  private static final int IS_REPEATED = 8;
  private static final int HAS_TOPIC = 16;
  private static final int HAS_CORRELATION_ID = 32;
  private static final int IS_SUPERSEDED = 64;

  @Override
  public void serialize(CommandReply reply, DataOutputView out) throws IOException {
    var commandId = reply.commandId();
    var aggregate = reply.aggregate();
    out.writeByte(flagsOf(reply));
    if (commandId != null) {
      Views.writeText(commandId, out);
    }
    if (aggregate != null) {
      Views.writeText(aggregate.type(), out);
      Views.writeText(aggregate.id(), out);
    }
    Views.writeText(reply.status().code(), out);
    writeBody(reply.body(), out);
    writeBacking(reply.backing(), out);
    writeTarget(reply.target(), out);
  }

  @Override
  public CommandReply deserialize(DataInputView in) throws IOException {
    var flags = in.readByte();
    var commandId = (flags & HAS_COMMAND_ID) != 0 ? Views.readText(in) : null;
    var aggregate =
        (flags & HAS_AGGREGATE) != 0
            ? new AggregateKey(Views.readText(in), Views.readText(in))
            : null;
    var status = ReplyStatus.ofCode(Views.readText(in));
    var body = readBody(in);
    var backing =
        (flags & HAS_BACKING) != 0
            ? new CommandReply.Backing(
                Views.readText(in),
                new LogPosition(Views.readInt(in), Views.readNumber(in)),
                Views.readText(in))
            : null;
    var topic = (flags & HAS_TOPIC) != 0 ? Views.readText(in) : null;
    var partition = in.readInt();
    var correlationId = (flags & HAS_CORRELATION_ID) != 0 ? Views.readBytes(in) : null;
    var repeated = (flags & IS_REPEATED) != 0;
    var superseded = (flags & IS_SUPERSEDED) != 0;
    var target = new ReplyTarget(topic, partition, correlationId);
    return new CommandReply(
        commandId, aggregate, status, body, backing, repeated, superseded, target);
  }

  private static int flagsOf(CommandReply reply) {
    return (reply.commandId() == null ? 0 : HAS_COMMAND_ID)
        | (reply.aggregate() == null ? 0 : HAS_AGGREGATE)
        | (reply.backing() == null ? 0 : HAS_BACKING)
        | (reply.repeated() ? IS_REPEATED : 0)
        | (reply.superseded() ? IS_SUPERSEDED : 0)
        | (reply.target().topic() == null ? 0 : HAS_TOPIC)
        | (reply.target().correlationId() == null ? 0 : HAS_CORRELATION_ID);
  }

  private static void writeBody(ReplyBody body, DataOutputView out) throws IOException {
    Views.writeText(body.code(), out);
    Views.writeText(body.message(), out);
    Views.writeNumber(body.details().size(), out);
    for (var detail : new TreeMap<>(body.details()).entrySet()) {
      Views.writeText(detail.getKey(), out);
      Views.writeText(detail.getValue(), out);
    }
    Views.writeNumber(body.version(), out);
    Views.writeText(body.resultContentType(), out);
    Views.writeBytes(body.result(), out);
  }

  private static ReplyBody readBody(DataInputView in) throws IOException {
    var code = Views.readText(in);
    var message = Views.readText(in);
    var size = Views.readInt(in);
    Map<String, String> details = size == 0 ? Map.of() : new LinkedHashMap<>();
    for (var i = 0; i < size; i++) {
      details.put(Views.readText(in), Views.readText(in));
    }
    return new ReplyBody(
        code, message, details, Views.readNumber(in), Views.readText(in), Views.readBytes(in));
  }

  private static void writeBacking(CommandReply.@Nullable Backing backing, DataOutputView out)
      throws IOException {
    if (backing != null) {
      Views.writeText(backing.region(), out);
      Views.writeNumber(backing.position().shard(), out);
      Views.writeNumber(backing.position().offset(), out);
      Views.writeText(backing.revision(), out);
    }
  }

  private static void writeTarget(ReplyTarget target, DataOutputView out) throws IOException {
    var topic = target.topic();
    var correlationId = target.correlationId();
    if (topic != null) {
      Views.writeText(topic, out);
    }
    out.writeInt(target.partition());
    if (correlationId != null) {
      Views.writeBytes(correlationId, out);
    }
  }

  @Override
  public TypeSerializerSnapshot<CommandReply> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints. */
  public static final class Snapshot extends FormatSnapshot<CommandReply> {
    @Override
    public TypeSerializer<CommandReply> restoreSerializer() {
      return new CommandReplySerializer();
    }
  }
}
