package dev.anabranch.wire.blob;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.versions.OrderedDot;

/** Dots, places and vectors as parts of blobs: region (text) and number each. */
public final class Dots {

  private Dots() {}

  static void write(BlobWriter out, Dot dot) {
    out.writeText(dot.origin().value());
    out.writeNumber(dot.n());
  }

  static Dot read(BlobReader in, String field) {
    var region = in.readText(field);
    var n = in.readNumber(field);
    try {
      return new Dot(new RegionId(region), n);
    } catch (IllegalArgumentException e) {
      throw in.malformed(field, "is no dot: " + e.getMessage());
    }
  }

  static void write(BlobWriter out, OrderedDot place) {
    write(out, place.dot());
    out.writeNumber(place.hlc());
  }

  static OrderedDot readPlace(BlobReader in, String field) {
    var dot = read(in, field);
    return new OrderedDot(dot, in.readNumber(field));
  }

  public static void write(BlobWriter out, VectorTime time) {
    out.writeBytes(time.encode());
  }

  public static VectorTime readTime(BlobReader in, String field) {
    var bytes = in.readBytes(field);
    try {
      return VectorTime.decode(bytes);
    } catch (IllegalArgumentException e) {
      throw in.malformed(field, "is no vector time: " + e.getMessage());
    }
  }
}
