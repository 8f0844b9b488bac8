package dev.anabranch.operators.command;

import dev.anabranch.causality.Dot;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.operators.command.aggregate.KeyedMap;
import dev.anabranch.operators.task.ShardKeys;
import dev.anabranch.serde.CommandRecordSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits of regions that {@code regions.names} does not have. What is stable is derived from the
 * named regions, so what another one had not seen may be gone already: such a commit must not be
 * applied. It waits, under a key of its shard, for a start that names its region.
 *
 * <p><b>Bounds.</b> {@value #MAX_BYTES} bytes of records of a shard. One more is not kept.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class UnnamedOrigins {

  static final long MAX_BYTES = 16 << 20;

  /** The names of aggregates' entries begin with other words. */
  private static final String UNNAMED = "unnamed/";

  private static final Logger LOG = LoggerFactory.getLogger(UnnamedOrigins.class);

  private final Set<String> named;
  private final String[] shardKeys;
  private final KeyedMap entries;

  /** Unnamed regions that this attempt has told of. */
  private final Set<String> told = new HashSet<>();

  private final Map<Integer, Long> bytes = new HashMap<>();

  UnnamedOrigins(CommandOperatorOptions options, KeyedMap entries) {
    this.named = Set.copyOf(options.regions().all());
    this.shardKeys = ShardKeys.forShardCount(options.shardCount());
    this.entries = entries;
  }

  boolean has(Dot dot) {
    return !named.contains(dot.origin().value());
  }

  /**
   * Keeps the commit of an unnamed region, and tells of the region.
   *
   * @return false: there is no room for it
   */
  boolean keep(CommandRecord record, Dot dot, int shard) {
    tell(record.routingKey(), dot);
    var key = shardKeys[shard];
    var name = UNNAMED + record.routingKey() + " " + dot;
    if (entries.get(key, name) != null) {
      return true;
    }
    var kept = bytes.computeIfAbsent(shard, any -> bytesOf(key));
    var encoded = encode(record);
    if (kept + encoded.length > MAX_BYTES) {
      return false;
    }
    entries.put(key, name, encoded);
    bytes.put(shard, kept + encoded.length);
    return true;
  }

  /** What was kept of a shard and may be applied by now; kept no more. Call it once a start. */
  List<CommandRecord> takeNamed(int shard) {
    var key = shardKeys[shard];
    var taken = new ArrayList<CommandRecord>();
    for (var entry : new TreeMap<>(entries.all(key)).entrySet()) {
      if (!entry.getKey().startsWith(UNNAMED)) {
        continue;
      }
      var dot = Dot.parse(entry.getKey().substring(entry.getKey().lastIndexOf(' ') + 1));
      var record = decode(entry.getValue());
      if (has(dot)) {
        tell(record.routingKey(), dot);
      } else {
        entries.remove(key, entry.getKey());
        taken.add(record);
      }
    }
    return taken;
  }

  private void tell(String aggregate, Dot dot) {
    var origin = dot.origin().value();
    if (told.add(origin)) {
      LOG.error(
          "{}: commit {} originates in region {}, which regions.names, {}, does not have: it waits,"
              + " as every commit of that region does, and what depends on it. Name {} in"
              + " regions.names of all regions, and submit both jobs again",
          aggregate,
          dot,
          origin,
          named,
          origin);
    }
  }

  private long bytesOf(String key) {
    var sum = 0L;
    for (var entry : entries.all(key).entrySet()) {
      sum += entry.getKey().startsWith(UNNAMED) ? entry.getValue().length : 0;
    }
    return sum;
  }

  private static byte[] encode(CommandRecord record) {
    var out = new DataOutputSerializer(256);
    try {
      new CommandRecordSerializer().serialize(record, out);
    } catch (IOException e) {
      throw new UncheckedIOException("a commit that waits can't be written", e);
    }
    return out.getCopyOfBuffer();
  }

  private static CommandRecord decode(byte[] stored) {
    try {
      return new CommandRecordSerializer().deserialize(new DataInputDeserializer(stored));
    } catch (IOException e) {
      throw new UncheckedIOException("a commit that waits can't be read", e);
    }
  }
}
