package dev.anabranch.wire;

import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/**
 * Dead letters as records: key, value and headers as they came, and headers that say why and where
 * from.
 *
 * <p><b>Bounds.</b> What is too large is cut: first the value, then the largest headers, at last
 * the key; {@link Headers#DEAD_LETTER_TRUNCATED} tells the original sizes.
 */
public final class DeadLetterWire {

  /** Longer reasons are cut; no reason of ours is. */
  static final int MAX_MESSAGE_CHARACTERS = 2_000;

  /** Enough for the headers that this class adds. */
  public static final int MIN_RECORD_BYTES = 16 * 1024;

  private static final int TRUNCATED_NOTE_BYTES = 256;

  private DeadLetterWire() {}

  /**
   * The dead letter as a record.
   *
   * @param maxBytes upper bound of the record as Kafka counts it, {@link #MIN_RECORD_BYTES} or more
   */
  public static MessageRecord encode(DeadLetter letter, int maxBytes) {
    if (maxBytes < MIN_RECORD_BYTES) {
      throw new IllegalArgumentException(
          "dead letters need records of "
              + MIN_RECORD_BYTES
              + " bytes, "
              + maxBytes
              + " is too few; raise the limit");
    }
    var original = letter.record().message();
    var notes = notes(letter);
    var headers = new ArrayList<>(original.headers());
    headers.addAll(notes);
    var whole = new MessageRecord(original.key(), original.value(), headers);
    return RecordSize.of(whole) <= maxBytes ? whole : cut(original, notes, maxBytes);
  }

  private static List<RecordHeader> notes(DeadLetter letter) {
    var source = letter.record().source();
    var message = letter.message();
    var shown =
        message.length() <= MAX_MESSAGE_CHARACTERS
            ? message
            : message.substring(0, MAX_MESSAGE_CHARACTERS) + "...";
    return List.of(
        RecordHeader.of(Headers.DEAD_LETTER_CODE, letter.code()),
        RecordHeader.of(Headers.DEAD_LETTER_MESSAGE, shown),
        RecordHeader.of(Headers.DEAD_LETTER_TOPIC, source.topic()),
        Headers.of(Headers.DEAD_LETTER_PARTITION, source.partition()),
        Headers.of(Headers.DEAD_LETTER_OFFSET, source.offset()));
  }

  private static MessageRecord cut(MessageRecord original, List<RecordHeader> notes, int maxBytes) {
    var value = original.value();
    var key = original.key();
    var withoutValue = new MessageRecord(key, null, original.headers());
    var room =
        (long) maxBytes
            - TRUNCATED_NOTE_BYTES
            - RecordSize.of(new MessageRecord(null, null, notes))
            - RecordSize.of(withoutValue);
    var kept = value == null || room <= 0 ? 0 : (int) Math.min(room, value.length);
    var headers = new ArrayList<>(original.headers());
    if (room < 0) {
      dropLargest(headers, -room);
      var left =
          (long) maxBytes
              - TRUNCATED_NOTE_BYTES
              - RecordSize.of(new MessageRecord(null, null, notes))
              - RecordSize.of(new MessageRecord(key, null, headers));
      if (left < 0) {
        key = null;
      }
    }
    var droppedHeaders = original.headers().size() - headers.size();
    headers.addAll(notes);
    headers.add(
        RecordHeader.of(
            Headers.DEAD_LETTER_TRUNCATED,
            note(original, value == null ? 0 : value.length, kept, droppedHeaders, key == null)));
    return new MessageRecord(key, value == null ? null : Arrays.copyOf(value, kept), headers);
  }

  private static String note(
      MessageRecord original, int valueBytes, int kept, int droppedHeaders, boolean noKey) {
    var key = original.key();
    return "value cut from "
        + valueBytes
        + " to "
        + kept
        + " bytes; "
        + droppedHeaders
        + " headers dropped"
        + (key != null && noKey ? "; key of " + key.length + " bytes dropped" : "");
  }

  /** Drops the largest headers, keeping the order of the others, until that many bytes are gone. */
  private static void dropLargest(List<RecordHeader> headers, long bytes) {
    var indexes = new ArrayList<Integer>();
    for (var i = 0; i < headers.size(); i++) {
      indexes.add(i);
    }
    indexes.sort(Comparator.comparing(i -> -sizeOf(headers.get(i))));
    var dropped = new HashSet<Integer>();
    var rest = bytes;
    for (var index : indexes) {
      if (rest <= 0) {
        break;
      }
      rest -= sizeOf(headers.get(index));
      dropped.add(index);
    }
    var kept = new ArrayList<RecordHeader>();
    for (var i = 0; i < headers.size(); i++) {
      if (!dropped.contains(i)) {
        kept.add(headers.get(i));
      }
    }
    headers.clear();
    headers.addAll(kept);
  }

  private static long sizeOf(RecordHeader header) {
    return RecordSize.sizeOfHeader(header.name(), header.value());
  }
}
