package dev.anabranch.wire.blob;

import dev.anabranch.model.Blobs;
import dev.anabranch.model.message.ReplyBody;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A reply as stored with its row: format 1, flags, the version, then what is not empty of code,
 * message, details (sorted by name) and result.
 */
public final class ReplyBlob {

  private static final int FORMAT = 1;
  private static final int CODE = 1;
  private static final int MESSAGE = 2;
  private static final int DETAILS = 4;
  private static final int RESULT = 8;
  private static final int ALL_FLAGS = 15;

  private ReplyBlob() {}

  public static byte[] encode(ReplyBody body) {
    var hasResult = body.result().length > 0 || !body.resultContentType().isEmpty();
    var flags =
        (body.code().isEmpty() ? 0 : CODE)
            | (body.message().isEmpty() ? 0 : MESSAGE)
            | (body.details().isEmpty() ? 0 : DETAILS)
            | (hasResult ? RESULT : 0);
    if (flags == 0 && body.version() == 0) {
      return Blobs.EMPTY;
    }
    var out = new BlobWriter(FORMAT, 16 + body.result().length);
    out.writeByte(flags);
    out.writeNumber(body.version());
    if ((flags & CODE) != 0) {
      out.writeText(body.code());
    }
    if ((flags & MESSAGE) != 0) {
      out.writeText(body.message());
    }
    if ((flags & DETAILS) != 0) {
      writeDetails(out, body.details());
    }
    if (hasResult) {
      out.writeText(body.resultContentType());
      out.writeBytes(body.result());
    }
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode}
   */
  public static ReplyBody decode(byte[] blob) {
    if (blob.length == 0) {
      return ReplyBody.EMPTY;
    }
    var in = new BlobReader("reply", blob, FORMAT);
    var flags = in.readByte("flags");
    if ((flags & ~ALL_FLAGS) != 0) {
      throw in.malformed("flags", "are " + flags + ", of which some are unknown");
    }
    var version = in.readNumber("version");
    var code = (flags & CODE) != 0 ? in.readText("code") : "";
    var message = (flags & MESSAGE) != 0 ? in.readText("message") : "";
    var details = (flags & DETAILS) != 0 ? readDetails(in) : Map.<String, String>of();
    var contentType = (flags & RESULT) != 0 ? in.readText("result content type") : "";
    var result = (flags & RESULT) != 0 ? in.readBytes("result") : Blobs.EMPTY;
    in.readEnd();
    return new ReplyBody(code, message, details, version, contentType, result);
  }

  private static void writeDetails(BlobWriter out, Map<String, String> details) {
    out.writeNumber(details.size());
    new TreeMap<>(details)
        .forEach(
            (name, value) -> {
              out.writeText(name);
              out.writeText(value);
            });
  }

  private static Map<String, String> readDetails(BlobReader in) {
    var count = in.readCount("number of details", 2);
    var details = new LinkedHashMap<String, String>();
    for (var i = 0; i < count; i++) {
      var name = in.readText("detail name");
      if (details.put(name, in.readText("detail value")) != null) {
        throw in.malformed("detail name", "occurs twice");
      }
    }
    return details;
  }
}
