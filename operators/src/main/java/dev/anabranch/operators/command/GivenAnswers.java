package dev.anabranch.operators.command;

import dev.anabranch.operators.command.aggregate.Decided;
import dev.anabranch.operators.command.waiting.Incoming;
import dev.anabranch.operators.command.waiting.Requester;
import dev.anabranch.store.CommandRef;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The latest answers without a row that this attempt gave. A client whose answer is late sends its
 * command once more; a copy that was in the topic before the answer gets the same answer, since the
 * client goes by the first one and would not expect the command to be executed after it.
 *
 * <p>A record is such a copy if the same call of a client sent it (same correlation id, same
 * address), or if its timestamp is not later than the answer.
 *
 * <p><b>Bounds.</b> {@link #MAX_ANSWERS}, {@link #MAX_CHARS} and {@link #MAX_MILLIS}; what is
 * forgotten, also by a restart, is decided again.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class GivenAnswers {

  static final int MAX_ANSWERS = 4_096;
  static final long MAX_MILLIS = 600_000;
  private static final int MAX_CHARS = 1 << 22;
  private static final int MAX_REQUESTERS = 16;

  private final LinkedHashMap<CommandRef, Given> answers = new LinkedHashMap<>();
  private long chars;

  boolean isEmpty() {
    return answers.isEmpty();
  }

  /** The answer, if the record is a copy that was in the topic before it was given. */
  Decided.@Nullable Unbacked find(CommandRef command, Incoming in, long nowMillis) {
    var given = answers.get(command);
    if (given == null) {
      return null;
    }
    if (nowMillis - given.atMillis > MAX_MILLIS) {
      remove(command);
      return null;
    }
    var requester = Requester.of(in.record(), in.command());
    var sent = in.record().source().timestampMillis();
    var isCopy =
        (requester.source() == null && given.requesters.contains(requester))
            || (sent > 0 && sent <= given.atMillis);
    return isCopy ? given.answer : null;
  }

  void remember(
      CommandRef command, List<Incoming> records, Decided.Unbacked answer, long nowMillis) {
    var known = answers.get(command);
    var same = known != null && known.answer == answer ? known : null;
    var requesters = new LinkedHashSet<Requester>(same == null ? Set.of() : same.requesters);
    for (var in : records) {
      if (requesters.size() < MAX_REQUESTERS) {
        requesters.add(Requester.of(in.record(), in.command()));
      }
    }
    // The time of the first answer stays: a sender who tries again gets through in the end.
    var atMillis = same == null ? nowMillis : same.atMillis;
    remove(command);
    answers.put(command, new Given(answer, requesters, atMillis));
    chars += sizeOf(answer);
    while (answers.size() > MAX_ANSWERS || (chars > MAX_CHARS && answers.size() > 1)) {
      remove(answers.keySet().iterator().next());
    }
  }

  private void remove(CommandRef command) {
    var gone = answers.remove(command);
    if (gone != null) {
      chars -= sizeOf(gone.answer);
    }
  }

  private static long sizeOf(Decided.Unbacked answer) {
    var reply = answer.reply();
    var size = (long) reply.code().length();
    size += reply.message() == null ? 0 : reply.message().length();
    for (var detail : reply.details().entrySet()) {
      size += detail.getKey().length() + (long) detail.getValue().length();
    }
    return size;
  }

  private record Given(Decided.Unbacked answer, Set<Requester> requesters, long atMillis) {}
}
