package dev.anabranch.wire.blob;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.RowKind;
import dev.anabranch.versions.CommitStatus;
import dev.anabranch.versions.CompactionState;
import dev.anabranch.versions.GraphEntry;
import dev.anabranch.versions.GraphSummary;
import dev.anabranch.versions.GraphSummary.UsedResolver;
import dev.anabranch.versions.OrderedDot;
import dev.anabranch.versions.Resolution;
import dev.anabranch.versions.VersionNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The version graph as stored, entry by entry: format 1, flags, dot, hlc, kind, status, compaction
 * state, the commit's causality, then what the flags say: command id, resolution, cause, links
 * where they are not the parents, and edges.
 */
public final class GraphBlob {

  private static final int FORMAT = 1;
  private static final int COMMAND = 1;
  private static final int RESOLUTION = 2;
  private static final int CAUSE = 4;
  private static final int LINKS = 8;
  private static final int ALL_FLAGS = 15;
  private static final int LAST_NOTHING_LEFT = 1;
  private static final int RESOLVERS = 2;
  private static final int MIN_DOT_BYTES = 3;
  private static final int MIN_PLACE_BYTES = 4;
  private static final int MIN_RESOLVER_BYTES = 2;

  private GraphBlob() {}

  public static byte[] encode(GraphEntry entry) {
    var node = entry.node();
    var ownLinks = !entry.links().equals(node.parents());
    var out = new BlobWriter(FORMAT, 128);
    out.writeByte(
        (node.commandId() != null ? COMMAND : 0)
            | (node.resolution() != null ? RESOLUTION : 0)
            | (entry.cause() != null ? CAUSE : 0)
            | (ownLinks ? LINKS : 0));
    Dots.write(out, node.orderedDot());
    out.writeByte(node.kind().code());
    out.writeByte(entry.status().code());
    out.writeByte(entry.settled().code());
    out.writeBytes(
        CausalityBlob.encode(
            new Causality(node.context(), node.parents(), VectorTime.ZERO, node.resolverId())));
    if (node.commandId() != null) {
      out.writeText(node.commandId());
    }
    if (node.resolution() != null) {
      out.writeBytes(ResolutionBlob.encode(node.resolution()));
    }
    if (entry.cause() != null) {
      Dots.write(out, entry.cause());
    }
    if (ownLinks) {
      out.writeNumber(entry.links().size());
      entry.links().forEach(link -> Dots.write(out, link));
    }
    writePlaces(out, entry.edges());
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode}
   */
  public static GraphEntry decode(byte[] blob) {
    var in = new BlobReader("graph entry", blob, FORMAT);
    var flags = readFlags(in, ALL_FLAGS);
    var place = Dots.readPlace(in, "dot");
    var kind = in.readByte("kind");
    var status = in.readByte("status");
    var settled = in.readByte("compaction state");
    var causality = CausalityBlob.decode(in.readBytes("causality"));
    var commandId = (flags & COMMAND) != 0 ? in.readText("command id") : null;
    var resolution =
        (flags & RESOLUTION) != 0 ? ResolutionBlob.decode(in.readBytes("resolution")) : null;
    var cause = (flags & CAUSE) != 0 ? Dots.read(in, "cause") : null;
    var links = (flags & LINKS) != 0 ? readLinks(in) : causality.parents();
    var edges = readPlaces(in, "edge");
    in.readEnd();
    try {
      var node = node(place, RowKind.ofCode(kind), causality, commandId, resolution);
      return new GraphEntry(
          node, CommitStatus.ofCode(status), cause, links, edges, CompactionState.ofCode(settled));
    } catch (IllegalArgumentException e) {
      throw in.malformed("entry", "contradicts itself: " + e.getMessage());
    }
  }

  private static VersionNode node(
      OrderedDot place,
      RowKind kind,
      Causality causality,
      @Nullable String commandId,
      @Nullable Resolution resolution) {
    return new VersionNode(
        place.dot(),
        place.hlc(),
        kind,
        causality.context(),
        causality.parents(),
        causality.resolverId(),
        commandId,
        resolution);
  }

  /** The commits of one command, as indexed: format 1, count, dots. */
  public static byte[] encode(List<Dot> dots) {
    var out = new BlobWriter(FORMAT, 16);
    out.writeNumber(dots.size());
    dots.forEach(dot -> Dots.write(out, dot));
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode(List)} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode(List)}
   */
  public static List<Dot> decodeDots(byte[] blob) {
    var in = new BlobReader("commits of a command", blob, FORMAT);
    var count = in.readCount("count", MIN_DOT_BYTES);
    var dots = new ArrayList<Dot>(count);
    for (var i = 0; i < count; i++) {
      dots.add(Dots.read(in, "dot"));
    }
    in.readEnd();
    return dots;
  }

  /**
   * The summary: format 1, flags, live branches, last void for leaving nothing, counts, and the
   * resolvers if there are any. Only these are unknown to releases that do not note them.
   */
  public static byte[] encode(GraphSummary summary) {
    var out = new BlobWriter(FORMAT, 32);
    var last = summary.lastNothingLeft();
    var resolvers = summary.resolvers();
    out.writeByte((last == null ? 0 : LAST_NOTHING_LEFT) | (resolvers.isEmpty() ? 0 : RESOLVERS));
    writePlaces(out, summary.live());
    if (last != null) {
      Dots.write(out, last);
    }
    out.writeNumber(summary.open());
    out.writeNumber(summary.openAfterCompaction());
    if (!resolvers.isEmpty()) {
      out.writeNumber(resolvers.size());
      for (var resolver : resolvers) {
        out.writeText(resolver.named());
        out.writeText(resolver.used());
      }
    }
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode(GraphSummary)} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode(GraphSummary)}
   */
  public static GraphSummary decodeSummary(byte[] blob) {
    var in = new BlobReader("graph summary", blob, FORMAT);
    var flags = readFlags(in, LAST_NOTHING_LEFT | RESOLVERS);
    var live = readPlaces(in, "live branch");
    var last =
        (flags & LAST_NOTHING_LEFT) != 0 ? Dots.readPlace(in, "last that left nothing") : null;
    var open = in.readInt("open", 0, Integer.MAX_VALUE);
    var afterCompaction = in.readInt("open after compaction", 0, Integer.MAX_VALUE);
    var resolvers = (flags & RESOLVERS) != 0 ? readResolvers(in) : List.<UsedResolver>of();
    in.readEnd();
    return new GraphSummary(live, last, open, afterCompaction, resolvers);
  }

  private static List<UsedResolver> readResolvers(BlobReader in) {
    var resolvers = new ArrayList<UsedResolver>();
    var count = in.readCount("number of resolvers", MIN_RESOLVER_BYTES);
    for (var i = 0; i < count; i++) {
      resolvers.add(new UsedResolver(in.readText("named resolver"), in.readText("resolver")));
    }
    return resolvers;
  }

  private static int readFlags(BlobReader in, int known) {
    var flags = in.readByte("flags");
    if ((flags & ~known) != 0) {
      throw in.malformed("flags", "are " + flags + ", of which some are unknown");
    }
    return flags;
  }

  private static List<Dot> readLinks(BlobReader in) {
    var links = new ArrayList<Dot>();
    var count = in.readCount("number of links", MIN_DOT_BYTES);
    for (var i = 0; i < count; i++) {
      links.add(Dots.read(in, "link"));
    }
    return links;
  }

  private static void writePlaces(BlobWriter out, List<OrderedDot> places) {
    out.writeNumber(places.size());
    places.forEach(place -> Dots.write(out, place));
  }

  private static List<OrderedDot> readPlaces(BlobReader in, String field) {
    var places = new ArrayList<OrderedDot>();
    var count = in.readCount("number of " + field + "s", MIN_PLACE_BYTES);
    for (var i = 0; i < count; i++) {
      var place = Dots.readPlace(in, field);
      if (i > 0 && places.get(i - 1).compareTo(place) >= 0) {
        throw in.malformed(field, "is out of order");
      }
      places.add(place);
    }
    return places;
  }
}
