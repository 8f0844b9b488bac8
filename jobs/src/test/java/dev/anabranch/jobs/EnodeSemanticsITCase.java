package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.Command;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What ENode 2.0 promises for commands, as a list, against the whole job. */
class EnodeSemanticsITCase {

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  @BeforeEach
  void start() {
    region.start();
  }

  @AfterEach
  void everythingHolds() {
    region.verify();
  }

  @Test
  void createAndUpdate() {
    assertThat(region.handle(purseCommand("Purse/a", "deposit 1").withExpectedVersion(0)).status())
        .isEqualTo(ReplyStatus.ACCEPTED);
    var updated = region.handle(purseCommand("Purse/a", "deposit 2").withExpectedVersion(1));

    assertThat(updated.status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(updated.body().version()).isEqualTo(2);
  }

  @Test
  void duplicateCreateByTheSameCommandGetsTheOriginalAnswer() {
    var create = purseCommand("Purse/a", "gift").withExpectedVersion(0);
    var first = region.handle(create);

    assertSame(region.handle(create), first);
    assertThat(region.stored()).hasSize(1);
  }

  @Test
  void duplicateCreateByAnotherCommandIsRejected() {
    region.handle(purseCommand("Purse/a", "deposit 1").withExpectedVersion(0));

    var second = region.handle(purseCommand("Purse/a", "deposit 1").withExpectedVersion(0));

    assertThat(second.status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(second.body().code()).isEqualTo(ErrorCodes.VERSION_CONFLICT);
  }

  @Test
  void duplicateUpdateGetsTheOriginalAnswer() {
    region.handle("Purse/a", "deposit 1");
    var update = purseCommand("Purse/a", "coin");
    var first = region.handle(update);
    region.handle("Purse/a", "deposit 3");

    assertSame(region.handle(update), first);
  }

  @Test
  void aHundredConcurrentUpdatesMakeVersionAHundredAndOne() {
    region.handle("Purse/a", "deposit 1");
    var updates =
        IntStream.range(0, 100)
            .mapToObj(i -> region.send(purseCommand("Purse/a", "deposit 1")))
            .toList();

    assertThat(updates.stream().map(CompletableFuture::join).map(CommandReply::status))
        .containsOnly(ReplyStatus.ACCEPTED);
    assertThat(updates.stream().map(CompletableFuture::join).map(r -> r.body().version()))
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(2, 101).boxed().toList());
    assertThat(region.handle("Purse/a", "read").body().result())
        .asString(UTF_8)
        .startsWith("101 101 ");
  }

  @Test
  void nothingChangedIsAnsweredSo() {
    assertThat(region.handle("Purse/a", "nothing").status()).isEqualTo(ReplyStatus.UNCHANGED);
  }

  @Test
  void theResultThatTheHandlerSetReachesTheSender() {
    assertThat(region.handle("Purse/a", "deposit-and-read 5").body().result())
        .asString(UTF_8)
        .isEqualTo("5");
  }

  @Test
  void aHandlerThatThrowsHarmsNothing() {
    region.handle("Purse/a", "deposit 1");
    var poison = region.handle("Purse/a", "throw");

    assertThat(poison.status()).isEqualTo(ReplyStatus.ERROR);
    assertThat(poison.body().code()).isEqualTo(ErrorCodes.POISON);
    assertThat(region.handle("Purse/a", "deposit 1").body().version()).isEqualTo(2);
    assertThat(region.deadLetters()).hasSize(1);
  }

  @Test
  void anUnknownTypeIsAnsweredAndHarmsNothing() {
    var known = purseCommand("Purse/a", "deposit 1");
    var unknown = Command.of(new AggregateKey("Nobody", "a"), known.payload(), "x/y");

    assertThat(region.handle(unknown).body().code()).isEqualTo(ErrorCodes.UNKNOWN_TYPE);
    assertThat(region.handle(known).status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(region.deadLetters()).hasSize(1);
  }

  @Test
  void twoEventsOfOneTypeAreOneCommit() {
    region.handle("Purse/a", "twice 4");

    assertThat(region.published()).hasSize(1);
    assertThat(EventsBlob.decode(region.published().get(0).outcome().blobs().events())).hasSize(2);
  }

  @Test
  void metadataTravelsFromTheCommandToItsEvents() {
    region.handle(
        purseCommand("Purse/a", "deposit 1")
            .withMetadata(Map.of("traceparent", "00-abc-def-01", "meta-user", "ada")));

    assertThat(MetadataBlob.decode(region.published().get(0).outcome().blobs().metadata()))
        .containsEntry("traceparent", "00-abc-def-01")
        .containsEntry("meta-user", "ada");
  }

  private static void assertSame(CommandReply repeat, CommandReply original) {
    assertThat(repeat.repeated()).isTrue();
    assertThat(repeat.status()).isEqualTo(original.status());
    assertThat(repeat.backing()).isEqualTo(original.backing());
    assertThat(repeat.body().code()).isEqualTo(original.body().code());
    assertThat(repeat.body().message()).isEqualTo(original.body().message());
    assertThat(repeat.body().version()).isEqualTo(original.body().version());
  }
}
