package dev.anabranch.api;

/**
 * Turns the messages of one aggregate type (its commands, its events, or its state) into bytes and
 * back.
 *
 * <p><b>Names.</b> Type names and schema versions are chosen by the application, stored, and never
 * reused for another meaning; class names appear nowhere.
 *
 * <p><b>Stability.</b> {@link #encode} must give equal bytes for equal messages.
 *
 * <p><b>Threads.</b> Used by several threads at once.
 */
public interface MessageCodec<T> {

  /** MIME type of the bytes, e.g. {@code application/json}. */
  String contentType();

  /**
   * The message as stored and sent.
   *
   * @throws CodecException if the message's class is not registered or it can't be written
   */
  EncodedMessage encode(T message);

  /**
   * Decodes a message of the current schema version of its type.
   *
   * @throws CodecException if type or schema version are unknown or the bytes are malformed; the
   *     message names the field and the remedy
   */
  T decode(EncodedMessage encoded);

  /**
   * Whether {@code decode(encode(m))} always equals {@code m}. Declaring it saves one decode per
   * event; the domain fixture checks the claim. Leave it {@code false} if in doubt, for example
   * with {@code double}s of the application or timestamps that the format cuts.
   */
  default boolean lossless() {
    return false;
  }
}
