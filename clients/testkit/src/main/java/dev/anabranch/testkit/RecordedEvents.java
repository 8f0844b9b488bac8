package dev.anabranch.testkit;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A file of events as releases have stored them, which later releases must still read. It notices
 * an event that was renamed, or given other components, without a new schema version and an
 * upcaster: then stored events could not be read any more, while all other tests stay green.
 *
 * <p>A line is the type's name, the schema version and the bytes: as text if they are, else in
 * hexadecimal digits behind {@code hex:}. Lines are only ever added.
 *
 * <p><b>Threads.</b> One.
 */
public final class RecordedEvents<E> {

  private static final String HEX = "hex:";

  private final AggregateType<?, ?, E> type;
  private final Path file;

  private RecordedEvents(AggregateType<?, ?, E> type, Path file) {
    this.type = type;
    this.file = file;
  }

  /**
   * The events of a type in a file, which is made by the first {@link #check}.
   *
   * @param file among the sources of the tests, so that it is kept with them
   */
  public static <E> RecordedEvents<E> of(AggregateType<?, ?, E> type, Path file) {
    return new RecordedEvents<>(type, file);
  }

  /**
   * Reads every recorded event with the type's codecs and upcasters, and looks whether each sample
   * is written as it is recorded.
   *
   * @param samples one of each event, with a value in each component
   * @throws AssertionError if a recorded event can't be read; if a sample is written otherwise than
   *     it is recorded for its name and version; and if a sample was not recorded yet: then it is
   *     added to the file, which is to be kept
   */
  @SafeVarargs
  public final void check(E... samples) {
    var recorded = read();
    for (var line : recorded) {
      requireReadable(line);
    }
    var added = new ArrayList<String>();
    for (var sample : samples) {
      var written = line(type.eventCodec().encode(sample));
      if (recorded.contains(written) || added.contains(written)) {
        continue;
      }
      var name = written.substring(0, written.indexOf(' ', written.indexOf(' ') + 1) + 1);
      for (var line : recorded) {
        if (line.startsWith(name)) {
          throw new AssertionError(
              "event "
                  + name.strip().replace(" ", " version ")
                  + " is written otherwise than it is recorded in "
                  + file
                  + ". If its components changed, register it with the next schema version and add"
                  + " an upcaster; if only the sample did, change the sample back.\n recorded: "
                  + line
                  + "\n written:  "
                  + written);
        }
      }
      added.add(written);
    }
    if (!added.isEmpty()) {
      append(added);
      throw new AssertionError(
          added.size()
              + " events were added to "
              + file
              + ": keep the file with the sources, and run the test again.\n "
              + String.join("\n ", added));
    }
  }

  private void requireReadable(String line) {
    try {
      type.decodeEvent(message(line));
    } catch (RuntimeException e) {
      throw new AssertionError(
          "a recorded event of "
              + file
              + " can't be read any more, and so no stored one: add an upcaster, or register its"
              + " name and version again.\n "
              + line
              + "\n "
              + e.getMessage(),
          e);
    }
  }

  private List<String> read() {
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  private void append(List<String> lines) {
    try {
      var folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      var all = new ArrayList<>(read());
      all.addAll(lines);
      Files.write(file, all);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }

  private static String line(EncodedMessage message) {
    return message.type() + " " + message.schemaVersion() + " " + text(message.data());
  }

  private EncodedMessage message(String line) {
    var parts = line.split(" ", 3);
    try {
      var text = parts[2];
      return new EncodedMessage(
          parts[0],
          Integer.parseInt(parts[1]),
          text.startsWith(HEX)
              ? HexFormat.of().parseHex(text.substring(HEX.length()))
              : text.getBytes(StandardCharsets.UTF_8));
    } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException e) {
      throw new AssertionError(
          "a line of " + file + " is not 'Type version bytes': '" + line + "'", e);
    }
  }

  /** Line breaks and what is no text would not come back from a line. */
  private static String text(byte[] data) {
    try {
      var text =
          StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(data)).toString();
      if (text.chars().noneMatch(Character::isISOControl) && !text.startsWith(HEX)) {
        return text;
      }
    } catch (CharacterCodingException e) {
      return HEX + HexFormat.of().formatHex(data);
    }
    return HEX + HexFormat.of().formatHex(data);
  }
}
