package dev.anabranch.model.message;

import dev.anabranch.model.Blobs;
import java.util.Map;

/**
 * What a reply says beyond its status; the part that is stored with the row.
 *
 * @param code stable reason for programs; empty for accepted and unchanged
 * @param message reason for people; may be empty
 * @param version the aggregate's version after the command; for an outcome that is no commit, the
 *     version that it was decided on
 * @param resultContentType empty: no result
 */
@SuppressWarnings("ArrayRecordComponent") // never compared with equals
public record ReplyBody(
    String code,
    String message,
    Map<String, String> details,
    long version,
    String resultContentType,
    byte[] result) {

  public static final ReplyBody EMPTY = new ReplyBody("", "", Map.of(), 0, "", Blobs.EMPTY);

  public static ReplyBody reason(String code, String message, Map<String, String> details) {
    return new ReplyBody(code, message, details, 0, "", Blobs.EMPTY);
  }
}
