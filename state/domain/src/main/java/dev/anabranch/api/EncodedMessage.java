package dev.anabranch.api;

/**
 * A command, event or state as stored and sent: its explicit type name, the version of its schema,
 * and its bytes.
 *
 * <p>The array is not copied: whoever passes it on must not write to it.
 *
 * @param schemaVersion from 1
 */
@SuppressWarnings(
    "ArrayRecordComponent") // compared by tests with assertArrayEquals, never as a key
public record EncodedMessage(String type, int schemaVersion, byte[] data) {
  public EncodedMessage {
    if (type.isEmpty() || type.length() > MAX_TYPE_LENGTH) {
      throw new IllegalArgumentException(
          "a message type has 1 to " + MAX_TYPE_LENGTH + " characters, not " + type.length());
    }
    if (schemaVersion < 1 || schemaVersion > MAX_SCHEMA_VERSION) {
      throw new IllegalArgumentException(
          "schema version of "
              + type
              + " must be 1 to "
              + MAX_SCHEMA_VERSION
              + ", is "
              + schemaVersion);
    }
  }

  public static final int MAX_TYPE_LENGTH = 128;
  public static final int MAX_SCHEMA_VERSION = 65_535;
}
