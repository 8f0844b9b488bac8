package dev.anabranch.model.message;

import dev.anabranch.model.Blobs;
import java.util.Map;

/**
 * What a reply says beyond its status; the part that is stored with the row.
 *
 * <p>The code {@value #VERSION_CONFLICT} was {@code VersionConflict} before the first release. Rows
 * and replies of that time are read with the new one; they are known by their details. An
 * application's own code of that name stays.
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

  /** The aggregate is not at the version that the command expects. */
  public static final String VERSION_CONFLICT = "version-conflict";

  private static final String OLD_VERSION_CONFLICT = "VersionConflict";

  public static final ReplyBody EMPTY = new ReplyBody("", "", Map.of(), 0, "", Blobs.EMPTY);

  public ReplyBody {
    code = isOldVersionConflict(code, details) ? VERSION_CONFLICT : code;
  }

  private static boolean isOldVersionConflict(String code, Map<String, String> details) {
    return code.equals(OLD_VERSION_CONFLICT)
        && details.containsKey("expected")
        && details.containsKey("actual");
  }

  public static ReplyBody reason(String code, String message, Map<String, String> details) {
    return new ReplyBody(code, message, details, 0, "", Blobs.EMPTY);
  }
}
