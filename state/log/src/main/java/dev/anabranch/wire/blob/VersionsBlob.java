package dev.anabranch.wire.blob;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.model.view.VersionState;
import dev.anabranch.model.view.VoidCommit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Live branches and void commits as parts of what is published: format 1, their number, then each.
 * A state that the record holds anyway is not written twice.
 */
public final class VersionsBlob {

  private static final int FORMAT = 1;
  private static final int NO_STATE = 0;
  private static final int STATE = 1;
  private static final int SAME_STATE = 2;
  private static final int MIN_LIVE_BYTES = 5;
  private static final int MIN_VOID_BYTES = 5;

  private VersionsBlob() {}

  /**
   * @param shared the state that {@link #decodeLive} will be given as well; null: none
   */
  public static byte[] encodeLive(List<VersionState> live, @Nullable EncodedMessage shared) {
    var out = new BlobWriter(FORMAT, 32 * live.size());
    writeLive(out, live, shared);
    return out.toByteArray();
  }

  public static List<VersionState> decodeLive(byte[] blob, @Nullable EncodedMessage shared) {
    var in = new BlobReader("live branches", blob, FORMAT);
    var live = readLive(in, shared);
    in.readEnd();
    return live;
  }

  static void writeLive(BlobWriter out, List<VersionState> live, @Nullable EncodedMessage shared) {
    out.writeNumber(live.size());
    for (var version : live) {
      Dots.write(out, version.dot());
      out.writeNumber(version.hlc());
      var state = version.state();
      if (state == null) {
        out.writeByte(NO_STATE);
      } else if (shared != null && isSame(state, shared)) {
        out.writeByte(SAME_STATE);
      } else {
        out.writeByte(STATE);
        out.writeText(state.type());
        out.writeNumber(state.schemaVersion());
        out.writeBytes(state.data());
      }
    }
  }

  static List<VersionState> readLive(BlobReader in, @Nullable EncodedMessage shared) {
    var count = in.readCount("number of live branches", MIN_LIVE_BYTES);
    var live = new ArrayList<VersionState>();
    for (var i = 0; i < count; i++) {
      var dot = Dots.read(in, "live branch");
      var hlc = in.readNumber("hlc");
      live.add(new VersionState(dot, hlc, readState(in, shared)));
    }
    return live;
  }

  private static @Nullable EncodedMessage readState(
      BlobReader in, @Nullable EncodedMessage shared) {
    var presence = in.readInt("presence of the state", NO_STATE, SAME_STATE);
    if (presence == NO_STATE) {
      return null;
    }
    if (presence == SAME_STATE) {
      if (shared == null) {
        throw in.malformed("state", "is said to be that of the record, which has none");
      }
      return shared;
    }
    var type = in.readText("state type");
    var schemaVersion = in.readInt("schema version", 1, EncodedMessage.MAX_SCHEMA_VERSION);
    var data = in.readBytes("state");
    try {
      return new EncodedMessage(type, schemaVersion, data);
    } catch (IllegalArgumentException e) {
      throw in.malformed("state type", "is no type: " + e.getMessage());
    }
  }

  public static byte[] encodeVoided(List<VoidCommit> voided) {
    var out = new BlobWriter(FORMAT, 32 * voided.size());
    out.writeNumber(voided.size());
    for (var commit : voided) {
      Dots.write(out, commit.dot());
      out.writeText(commit.reason());
      writeOptional(out, commit.cause());
    }
    return out.toByteArray();
  }

  public static List<VoidCommit> decodeVoided(byte[] blob) {
    var in = new BlobReader("void commits", blob, FORMAT);
    var count = in.readCount("number of void commits", MIN_VOID_BYTES);
    var voided = new ArrayList<VoidCommit>();
    for (var i = 0; i < count; i++) {
      voided.add(
          new VoidCommit(Dots.read(in, "void commit"), in.readText("reason"), readOptional(in)));
    }
    in.readEnd();
    return voided;
  }

  static void writeOptional(BlobWriter out, @Nullable Dot dot) {
    out.writeByte(dot == null ? 0 : 1);
    if (dot != null) {
      Dots.write(out, dot);
    }
  }

  static @Nullable Dot readOptional(BlobReader in) {
    return in.readInt("presence of a dot", 0, 1) == 0 ? null : Dots.read(in, "dot");
  }

  private static boolean isSame(EncodedMessage a, EncodedMessage b) {
    return a == b
        || (a.schemaVersion() == b.schemaVersion()
            && a.type().equals(b.type())
            && Arrays.equals(a.data(), b.data()));
  }
}
