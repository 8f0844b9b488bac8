package dev.anabranch.wire;

import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.wire.blob.Utf8;
import dev.anabranch.wire.blob.WireFormatException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names of the record headers, and reading them.
 *
 * <p>{@code ce_} are CloudEvents attributes in Kafka's binary mode, own ones as extension
 * attributes, their values text; {@code ab_} are plain headers, bytes or text; {@code kafka_} is
 * the request-reply convention of Spring for Apache Kafka. The names are published: never change
 * one.
 */
public final class Headers {

  public static final String SPEC_VERSION = "ce_specversion";
  public static final String ID = "ce_id";
  public static final String SOURCE = "ce_source";
  public static final String TYPE = "ce_type";

  /** Id of the aggregate, without its type. */
  public static final String SUBJECT = "ce_subject";

  public static final String TIME = "ce_time";
  public static final String CONTENT_TYPE = "content-type";
  public static final String AGGREGATE_TYPE = "ce_aggregatetype";
  public static final String SCHEMA_VERSION = "ce_schemaversion";
  public static final String EXPECTED_VERSION = "ce_expectedversion";
  public static final String EXPECTED_REVISION = "ce_expectedrevision";

  /** The live branch that a command builds on, of several: {@code region:n}. */
  public static final String BUILDS_ON = "ce_buildson";

  public static final String COMMAND_ID = "ce_commandid";
  public static final String KIND = "ce_kind";
  public static final String REGION = "ce_region";
  public static final String SHARD = "ce_shard";
  public static final String SHARD_OFFSET = "ce_shardoffset";

  /** Offset after the last row that is given up. */
  public static final String UNTIL_OFFSET = "ce_untiloffset";

  /** Person who decided it. */
  public static final String AUTHOR = "ce_author";

  /** Version of the aggregate. */
  public static final String VERSION = "ce_version";

  public static final String DOT = "ce_dot";
  public static final String HLC = "ce_hlc";
  public static final String WRITER = "ce_writer";
  public static final String SLOT = "ce_slot";

  /** The type names of a commit's events, each once, with commas between. */
  public static final String EVENT_TYPES = "ce_eventtypes";

  public static final String STATUS = "ce_status";
  public static final String CODE = "ce_code";
  public static final String REVISION = "ce_revision";
  public static final String REPEATED = "ce_repeated";

  /** {@code true}: another region's outcome of the command counts, this region said otherwise. */
  public static final String SUPERSEDED = "ce_superseded";

  /** Whether a view's aggregate has an open conflict: {@code true} or {@code false}. */
  public static final String CONFLICT = "ce_conflict";

  public static final String CONFLICT_ID = "ce_conflictid";

  /** How many commits were applied to the aggregate. */
  public static final String POSITION = "ce_position";

  /** Type name of the state that is a view's value. */
  public static final String STATE_TYPE = "ce_statetype";

  public static final String CAUSALITY = "ab_causality";
  public static final String METADATA = "ab_metadata";
  public static final String REPLY = "ab_reply";

  /** Region from whose events topic an inbound record was read. */
  public static final String VIA = "ab_via";

  public static final String LIVE = "ab_live";
  public static final String VOIDED = "ab_voided";
  public static final String PROBLEM = "ab_problem";

  /** Reason of a reply, for people; not an attribute, since it may hold control characters. */
  public static final String MESSAGE = "ab_message";

  /** Followed by the name of a reply's detail. */
  public static final String DETAIL_PREFIX = "ab_detail_";

  public static final String DEAD_LETTER_CODE = "ab_deadletter_code";
  public static final String DEAD_LETTER_MESSAGE = "ab_deadletter_message";
  public static final String DEAD_LETTER_TOPIC = "ab_deadletter_topic";
  public static final String DEAD_LETTER_PARTITION = "ab_deadletter_partition";
  public static final String DEAD_LETTER_OFFSET = "ab_deadletter_offset";

  /** What was cut off a dead letter that would have been too large. */
  public static final String DEAD_LETTER_TRUNCATED = "ab_deadletter_truncated";

  public static final String REPLY_TOPIC = "kafka_replyTopic";

  /** Four bytes, big endian. */
  public static final String REPLY_PARTITION = "kafka_replyPartition";

  public static final String CORRELATION_ID = "kafka_correlationId";

  public static final String TRACE_PARENT = "traceparent";
  public static final String TRACE_STATE = "tracestate";
  public static final String BAGGAGE = "baggage";
  public static final String META_PREFIX = "meta-";

  static final byte[] SPEC_VERSION_VALUE = ascii("1.0");

  private Headers() {}

  /** Whether a header is carried from a command to its outcome and its record. */
  public static boolean isMetadata(String name) {
    return switch (name) {
      case TRACE_PARENT, TRACE_STATE, BAGGAGE -> true;
      default -> name.startsWith(META_PREFIX);
    };
  }

  /**
   * Value of the last header of this name, as Kafka resolves repeated ones; null: there is none.
   */
  public static byte @Nullable [] value(List<RecordHeader> headers, String name) {
    for (var i = headers.size() - 1; i >= 0; i--) {
      if (headers.get(i).name().equals(name)) {
        return headers.get(i).value();
      }
    }
    return null;
  }

  /**
   * Value of the last header of this name as text; null: there is none.
   *
   * @throws WireFormatException if it is not valid UTF-8
   */
  public static @Nullable String text(List<RecordHeader> headers, String name) {
    var value = value(headers, name);
    return value == null ? null : text(name, value);
  }

  static String text(String name, byte[] value) {
    var text = Utf8.textOrNull(value);
    if (text == null) {
      throw malformed(name, "is not valid UTF-8; send text");
    }
    return text;
  }

  /** A decimal number in its shortest form, as {@link Long#toString(long)} writes it. */
  static long number(String name, byte[] value) {
    var negative = value.length > 1 && value[0] == '-';
    var first = negative ? 1 : 0;
    var canonical =
        value.length > first
            && value.length - first <= 19
            && (value[first] != '0' || value.length == 1);
    var number = 0L;
    for (var i = first; canonical && i < value.length; i++) {
      canonical = value[i] >= '0' && value[i] <= '9';
      // Summed up below zero, where one more value fits.
      number = number * 10 - (value[i] - '0');
    }
    canonical &= number <= 0 && (negative || number != Long.MIN_VALUE);
    if (!canonical) {
      throw malformed(name, "is not a decimal number; send one, without leading zeros");
    }
    return negative ? number : -number;
  }

  static int number(String name, byte[] value, int min, int max) {
    var number = number(name, value);
    if (number < min || number > max) {
      throw malformed(name, "is " + number + "; send " + min + " to " + max);
    }
    return (int) number;
  }

  static WireFormatException malformed(String name, String problemAndRemedy) {
    return new WireFormatException("header " + name + " " + problemAndRemedy);
  }

  static RecordHeader of(String name, long number) {
    return new RecordHeader(name, ascii(Long.toString(number)));
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
