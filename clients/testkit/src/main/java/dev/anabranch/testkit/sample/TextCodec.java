package dev.anabranch.testkit.sample;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;

/**
 * Texts as they are, in schema version 1.
 *
 * @param name of the message type, the only one that it takes
 */
public record TextCodec(String name) implements MessageCodec<String> {

  @Override
  public String contentType() {
    return "text/plain";
  }

  @Override
  public EncodedMessage encode(String message) {
    return new EncodedMessage(name, 1, message.getBytes(UTF_8));
  }

  @Override
  public String decode(EncodedMessage encoded) {
    if (!encoded.type().equals(name)) {
      throw new CodecException("unknown " + name + " type " + encoded.type());
    }
    return new String(encoded.data(), UTF_8);
  }
}
