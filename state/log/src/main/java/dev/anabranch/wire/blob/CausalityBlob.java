package dev.anabranch.wire.blob;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.Blobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Causality as stored: format 1, flags, the regions that occur (ascending), then context, parents
 * and dependencies in terms of them, then the resolver id; what is empty is left out, and with one
 * region, the usual case, so are the counts and indexes.
 */
public final class CausalityBlob {

  private static final int FORMAT = 1;
  private static final int ONE_REGION = 1;
  private static final int CONTEXT = 2;
  private static final int PARENTS = 4;
  private static final int DEPENDENCIES = 8;
  private static final int RESOLVER = 16;
  private static final int ALL_FLAGS = 31;

  private CausalityBlob() {}

  public static byte[] encode(Causality causality) {
    if (causality.equals(Causality.NONE)) {
      return Blobs.EMPTY;
    }
    var regions = regionsOf(causality);
    var flags =
        flag(regions.length == 1, ONE_REGION)
            | flag(causality.context().size() > 0, CONTEXT)
            | flag(!causality.parents().isEmpty(), PARENTS)
            | flag(causality.dependencies().size() > 0, DEPENDENCIES)
            | flag(!causality.resolverId().isEmpty(), RESOLVER);
    var out = new BlobWriter(FORMAT, 16 + 32 * regions.length);
    out.writeByte(flags);
    writeRegions(out, regions);
    writeTime(out, causality.context(), regions);
    writeParents(out, causality, regions);
    writeTime(out, causality.dependencies(), regions);
    if ((flags & RESOLVER) != 0) {
      out.writeText(causality.resolverId());
    }
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode}
   */
  public static Causality decode(byte[] blob) {
    if (blob.length == 0) {
      return Causality.NONE;
    }
    var in = new BlobReader("causality", blob, FORMAT);
    var flags = in.readByte("flags");
    if ((flags & ~ALL_FLAGS) != 0) {
      throw in.malformed("flags", "are " + flags + ", of which some are unknown");
    }
    var regions = readRegions(in, (flags & ONE_REGION) != 0);
    var context = readTime(in, "context", (flags & CONTEXT) != 0, regions);
    var parents = readParents(in, (flags & PARENTS) != 0, regions);
    var dependencies = readTime(in, "dependencies", (flags & DEPENDENCIES) != 0, regions);
    var resolver = (flags & RESOLVER) != 0 ? in.readText("resolver id") : "";
    in.readEnd();
    return new Causality(context, parents, dependencies, resolver);
  }

  private static RegionId[] regionsOf(Causality causality) {
    var context = causality.context();
    if (isOnlyRegion(context, causality)) {
      return new RegionId[] {context.regionAt(0)};
    }
    var regions = new TreeSet<RegionId>();
    regions.addAll(context.entries().keySet());
    regions.addAll(causality.dependencies().entries().keySet());
    causality.parents().forEach(parent -> regions.add(parent.origin()));
    return regions.toArray(new RegionId[0]);
  }

  private static boolean isOnlyRegion(VectorTime context, Causality causality) {
    if (context.size() != 1) {
      return false;
    }
    var region = context.regionAt(0);
    for (var i = 0; i < causality.dependencies().size(); i++) {
      if (!causality.dependencies().regionAt(i).equals(region)) {
        return false;
      }
    }
    for (var parent : causality.parents()) {
      if (!parent.origin().equals(region)) {
        return false;
      }
    }
    return true;
  }

  private static void writeRegions(BlobWriter out, RegionId[] regions) {
    if (regions.length != 1) {
      out.writeNumber(regions.length);
    }
    for (var region : regions) {
      out.writeText(region.value());
    }
  }

  private static RegionId[] readRegions(BlobReader in, boolean one) {
    var regions = new RegionId[one ? 1 : in.readCount("number of regions", 2)];
    if (!one && regions.length == 1) {
      throw in.malformed("number of regions", "is 1, which the flags should say");
    }
    for (var i = 0; i < regions.length; i++) {
      var name = in.readText("region");
      try {
        regions[i] = new RegionId(name);
      } catch (IllegalArgumentException e) {
        throw in.malformed("region", "is no region name");
      }
      if (i > 0 && regions[i - 1].compareTo(regions[i]) >= 0) {
        throw in.malformed("region", "is out of order");
      }
    }
    return regions;
  }

  /** One value per region, 0 where the time has none; nothing for a time without entries. */
  private static void writeTime(BlobWriter out, VectorTime time, RegionId[] regions) {
    if (time.size() == 0) {
      return;
    }
    for (var region : regions) {
      out.writeNumber(time.get(region));
    }
  }

  private static VectorTime readTime(
      BlobReader in, String field, boolean present, RegionId[] regions) {
    if (!present) {
      return VectorTime.ZERO;
    }
    var entryRegions = new RegionId[regions.length];
    var values = new long[regions.length];
    var size = 0;
    for (var region : regions) {
      var value = in.readNumber(field);
      if (value > 0) {
        entryRegions[size] = region;
        values[size++] = value;
      }
    }
    if (size == 0) {
      throw in.malformed(field, "has no entry above 0, which the flags should say");
    }
    return VectorTime.ofSorted(Arrays.copyOf(entryRegions, size), Arrays.copyOf(values, size));
  }

  private static void writeParents(BlobWriter out, Causality causality, RegionId[] regions) {
    if (causality.parents().isEmpty()) {
      return;
    }
    out.writeNumber(causality.parents().size());
    for (var parent : causality.parents()) {
      if (regions.length != 1) {
        out.writeNumber(Arrays.binarySearch(regions, parent.origin()));
      }
      out.writeNumber(parent.n());
    }
  }

  private static List<Dot> readParents(BlobReader in, boolean present, RegionId[] regions) {
    var parents = new ArrayList<Dot>();
    if (!present) {
      return parents;
    }
    var count = in.readCount("number of parents", regions.length == 1 ? 1 : 2);
    if (count == 0) {
      throw in.malformed("number of parents", "is 0, which the flags should say");
    }
    for (var i = 0; i < count; i++) {
      var region = regions.length == 1 ? 0 : in.readInt("parent", 0, regions.length - 1);
      var n = in.readNumber("parent");
      if (n == 0) {
        throw in.malformed("parent", "counts from 1, not 0");
      }
      parents.add(new Dot(regions[region], n));
    }
    return parents;
  }

  private static int flag(boolean set, int flag) {
    return set ? flag : 0;
  }
}
