package dev.anabranch.wire;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.VersionState;
import dev.anabranch.model.view.VoidCommit;
import dev.anabranch.wire.blob.Utf8;
import dev.anabranch.wire.blob.VersionsBlob;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Views as records of a compacted topic: a CloudEvent in binary mode, its key {@code type/id} of
 * the aggregate, its value the resolved state as the type's state codec wrote it. A view without a
 * state has an empty value, not none, since that would mean deletion to Kafka.
 */
public final class ViewWire {

  public static final String TYPE = "dev.anabranch.view";

  private static final byte[] TYPE_VALUE = Headers.ascii(TYPE);

  private ViewWire() {}

  public static MessageRecord encode(AggregateView view) {
    var revision = view.revision().token();
    var aggregate = view.aggregate();
    var state = view.state();
    var headers = new ArrayList<RecordHeader>(18);
    headers.add(new RecordHeader(Headers.SPEC_VERSION, Headers.SPEC_VERSION_VALUE));
    headers.add(
        RecordHeader.of(Headers.ID, view.region() + '/' + aggregate.type() + '/' + revision));
    headers.add(RecordHeader.of(Headers.SOURCE, EventWire.SOURCE_PREFIX + view.region()));
    headers.add(new RecordHeader(Headers.TYPE, TYPE_VALUE));
    headers.add(RecordHeader.of(Headers.SUBJECT, aggregate.id()));
    headers.add(RecordHeader.of(Headers.CONTENT_TYPE, view.contentType()));
    headers.add(RecordHeader.of(Headers.AGGREGATE_TYPE, aggregate.type()));
    headers.add(RecordHeader.of(Headers.REGION, view.region()));
    headers.add(RecordHeader.of(Headers.REVISION, revision));
    headers.add(Headers.of(Headers.HLC, view.hlc()));
    headers.add(RecordHeader.of(Headers.CONFLICT, Boolean.toString(view.conflict())));
    if (state != null) {
      headers.add(RecordHeader.of(Headers.STATE_TYPE, state.type()));
      headers.add(Headers.of(Headers.SCHEMA_VERSION, state.schemaVersion()));
    }
    headers.add(new RecordHeader(Headers.LIVE, VersionsBlob.encodeLive(view.live(), state)));
    if (!view.voided().isEmpty()) {
      headers.add(new RecordHeader(Headers.VOIDED, VersionsBlob.encodeVoided(view.voided())));
    }
    if (!view.problem().isEmpty()) {
      headers.add(RecordHeader.of(Headers.PROBLEM, view.problem()));
    }
    return new MessageRecord(
        Utf8.bytes(aggregate.toString()), state == null ? Blobs.EMPTY : state.data(), headers);
  }

  /**
   * Restores the view of a record.
   *
   * @throws WireFormatException if the record is not one that {@link #encode} made
   */
  public static AggregateView decode(MessageRecord message) {
    try {
      return new Decoder(message).view();
    } catch (IllegalArgumentException e) {
      throw new WireFormatException(
          "the record is no view: " + e.getMessage() + "; check the topic", e);
    }
  }

  private record Decoder(MessageRecord message) {

    AggregateView view() {
      var aggregate = new AggregateKey(text(Headers.AGGREGATE_TYPE), text(Headers.SUBJECT));
      if (message.key() == null || !CommandWire.keyFits(message.key(), aggregate)) {
        throw new IllegalArgumentException("the key is not the aggregate that the headers name");
      }
      var state = state();
      return new AggregateView(
          text(Headers.REGION),
          aggregate,
          VectorTime.fromToken(text(Headers.REVISION)),
          Headers.number(Headers.HLC, required(Headers.HLC)),
          state,
          text(Headers.CONTENT_TYPE),
          Boolean.parseBoolean(text(Headers.CONFLICT)),
          live(state),
          voided(),
          optional(Headers.PROBLEM));
    }

    private @Nullable EncodedMessage state() {
      var type = Headers.text(message.headers(), Headers.STATE_TYPE);
      if (type == null) {
        return null;
      }
      var value = message.value();
      if (value == null) {
        throw new IllegalArgumentException("the value is missing");
      }
      var schemaVersion =
          Headers.number(
              Headers.SCHEMA_VERSION,
              required(Headers.SCHEMA_VERSION),
              1,
              EncodedMessage.MAX_SCHEMA_VERSION);
      return new EncodedMessage(type, schemaVersion, value);
    }

    private List<VersionState> live(@Nullable EncodedMessage state) {
      return VersionsBlob.decodeLive(required(Headers.LIVE), state);
    }

    private List<VoidCommit> voided() {
      var blob = Headers.value(message.headers(), Headers.VOIDED);
      return blob == null ? List.of() : VersionsBlob.decodeVoided(blob);
    }

    private String text(String name) {
      return Headers.text(name, required(name));
    }

    private String optional(String name) {
      var text = Headers.text(message.headers(), name);
      return text == null ? "" : text;
    }

    private byte[] required(String name) {
      var value = Headers.value(message.headers(), name);
      if (value == null) {
        throw Headers.malformed(name, "is missing");
      }
      return value;
    }
  }
}
