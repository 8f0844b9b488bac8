package dev.anabranch.cli.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.Command;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sends to a region that answers as the test says. */
class SendRunTest {

  private static final String LINE =
      "{\"aggregate\":\"Account/1\",\"type\":\"Deposit\",\"data\":{\"amount\":5}}";

  private final Deque<CompletableFuture<Optional<CommandReply>>> answers = new ArrayDeque<>();
  private final List<String> failures = new ArrayList<>();
  private final List<String> rejected = new ArrayList<>();
  private final SendRun run =
      new SendRun(
          command -> answers.removeFirst(),
          new SendRun.Listener() {
            @Override
            public void rejected(String where, CommandReply reply) {
              rejected.add(where + ": " + reply.body().code());
            }

            @Override
            public void failed(String where, String problem, @Nullable Command unanswered) {
              failures.add(where + ": " + problem);
            }
          });

  @Test
  void badLinesAreNamedByTheirNumberAndTheRestIsSent() {
    answers.add(answer(ReplyStatus.ACCEPTED, "", false));
    answers.add(answer(ReplyStatus.ACCEPTED, "", true));

    run.line(1, LINE);
    run.line(2, "{\"aggregate\":\"Account/1\"}");
    run.line(3, "");
    run.line(4, "nonsense");
    run.line(5, LINE);

    var summary = run.await();
    assertThat(summary.sent()).isEqualTo(2);
    assertThat(summary.accepted()).isEqualTo(2);
    assertThat(summary.repeated()).isEqualTo(1);
    assertThat(summary.badLines()).isEqualTo(2);
    assertThat(summary.isComplete()).isFalse();
    assertThat(failures).hasSize(2);
    assertThat(failures.get(0)).startsWith("line 2: field 'data' is missing");
    assertThat(failures.get(1)).startsWith("line 4: is no valid JSON");
  }

  @Test
  void aLineThatIsNoTextIsNamedAndNotSent() {
    run.line(new Utf8Lines.Line(7, "", "is not UTF-8 from byte 2 on"));

    var summary = run.await();
    assertThat(summary.sent()).isZero();
    assertThat(summary.badLines()).isEqualTo(1);
    assertThat(failures).containsExactly("line 7: is not UTF-8 from byte 2 on");
  }

  @Test
  void outcomesAreCountedAndRejectionsByReason() {
    answers.add(answer(ReplyStatus.REJECTED, "insufficient-funds", false));
    answers.add(answer(ReplyStatus.REJECTED, "insufficient-funds", false));
    answers.add(answer(ReplyStatus.REJECTED, "not-open", false));
    answers.add(answer(ReplyStatus.UNCHANGED, "", false));
    for (var line = 1; line <= 4; line++) {
      run.line(line, LINE);
    }

    var summary = run.await();

    assertThat(summary.rejected()).isEqualTo(3);
    assertThat(summary.rejectionsByCode())
        .isEqualTo(Map.of("insufficient-funds", 2L, "not-open", 1L));
    assertThat(rejected)
        .containsExactly(
            "line 1: insufficient-funds", "line 2: insufficient-funds", "line 3: not-open");
    assertThat(summary.unchanged()).isEqualTo(1);
    assertThat(summary.isComplete()).isTrue();
    assertThat(failures).isEmpty();
  }

  @Test
  void errorRepliesAndMissingOnesAreErrors() {
    answers.add(answer(ReplyStatus.ERROR, "poison", false));
    answers.add(CompletableFuture.failedFuture(new IllegalStateException("no reply came")));
    run.line(1, LINE);
    run.line(2, LINE);

    var summary = run.await();

    assertThat(summary.errors()).isEqualTo(2);
    assertThat(failures).containsExactly("line 1: poison: because", "line 2: no reply came");
  }

  @Test
  void waitsForAnswersThatComeLater() {
    var late = new CompletableFuture<Optional<CommandReply>>();
    answers.add(late);
    run.line(1, LINE);

    assertThat(run.summary().accepted()).isZero();
    late.complete(answer(ReplyStatus.ACCEPTED, "", false).join());

    assertThat(run.await().accepted()).isEqualTo(1);
  }

  @Test
  void whatKafkaAcknowledgedIsCountedApart() {
    answers.add(CompletableFuture.completedFuture(Optional.empty()));
    run.line(1, LINE);

    var summary = run.await();

    assertThat(summary.acknowledged()).isEqualTo(1);
    assertThat(summary.accepted()).isZero();
  }

  private static CompletableFuture<Optional<CommandReply>> answer(
      ReplyStatus status, String code, boolean repeated) {
    var body = new ReplyBody(code, "because", Map.of(), 1, "", Blobs.EMPTY);
    return CompletableFuture.completedFuture(
        Optional.of(
            new CommandReply("c", null, status, body, null, repeated, ReplyTarget.DEFAULT)));
  }
}
