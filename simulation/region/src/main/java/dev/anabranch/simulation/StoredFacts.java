package dev.anabranch.simulation;

import dev.anabranch.checker.Fact;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.simulation.job.World;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Rows of the store as the checker reads them. */
final class StoredFacts {

  private StoredFacts() {}

  static Fact.Stored of(LogRow row, World world) {
    var outcome = row.outcome();
    var events =
        EventsBlob.decode(outcome.blobs().events()).stream()
            .map(event -> new String(event.data(), StandardCharsets.UTF_8))
            .toList();
    var reply = ReplyBlob.decode(outcome.blobs().reply());
    var result = new String(reply.result(), StandardCharsets.UTF_8);
    return new Fact.Stored(
        row.shard(),
        row.offset(),
        outcome.aggregate().toString(),
        String.valueOf(outcome.commandId()),
        ReplyStatus.of(outcome.kind()).code(),
        outcome.kind().hasVersion() ? outcome.version() : reply.version(),
        World.saw(events.isEmpty() ? List.of(reply.message(), result) : events),
        events,
        World.printOf(row, world.options().region()),
        world.writers().of(outcome.stamp().writer()));
  }
}
