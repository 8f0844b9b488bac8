package dev.anabranch.simulation;

import java.util.List;

/**
 * Rules of the command job, each with the smallest edit of its source that breaks it. The table in
 * {@code docs/internals/simulation.md} has the same ones.
 */
final class BrokenRegionRules {

  private BrokenRegionRules() {}

  /**
   * One rule to break.
   *
   * @param whyOpen why no schedule has shown it so far; empty: schedules do
   */
  record Broken(String rule, List<Edit> edits, String whyOpen) {

    Broken(String rule, List<Edit> edits) {
      this(rule, edits, "");
    }

    static Broken by(String rule, String source, String was, String becomes) {
      return new Broken(rule, List.of(new Edit(source, was, becomes)));
    }

    Broken open(String why) {
      return new Broken(rule, edits, why);
    }

    @Override
    public String toString() {
      return rule;
    }
  }

  /**
   * A change of one source file.
   *
   * @param was occurs once in the source
   */
  record Edit(String source, String was, String becomes) {}

  /** Those that schedules notice when they are broken. */
  static List<Broken> noticed() {
    return List.of(
        Broken.by(
            "answer before it is known what became of the append",
            "command/lane/LaneConnection.java",
            "session -> known(session.append(rows)));",
            "session -> session.append(rows) instanceof AppendResult.Fenced f"
                + " ? f : AppendResult.Appended.INSTANCE);"),
        Broken.by(
            "publish no row of the tail again",
            "command/TailFold.java",
            "if (row.offset() >= publishFrom) {",
            "if (row.offset() > publishFrom) {"),
        Broken.by(
            "drop the waiters of a repeat that the store has found",
            "command/CommitPath.java",
            "command.requesters.all().forEach(in -> processor.answerEarlier(in, row))",
            "processor.answerEarlier(command.requesters.all().get(0), row)"),
        Broken.by(
            "drop the waiters of a command that is pending",
            "command/CommitPath.java",
            "for (var repeat : command.requesters.repeats()) {",
            "for (var repeat : command.requesters.repeats().subList(0, 0)) {"),
        Broken.by(
            "do not decide again what stood on a repeat",
            "command/CommitPath.java",
            "processor.decideAgain(live, lane);",
            ""),
        Broken.by(
            "go on with a connection to a store that lost rows",
            "command/lane/LaneConnection.java",
            "if (known != null && !known.equals(stored.get(position))) {",
            "if (known != null && known.offset() < 0) {"),
        Broken.by(
            "do not compare the events topic with the store",
            "command/lane/LossCheck.java",
            "requireNone(connection, lacking(connection, published), \"its events topic\");",
            ""),
        Broken.by(
            "answer an error without a fence",
            "command/UnbackedAnswers.java",
            "if (answer.requesters == null || cursor.isFenced()) {",
            "if (answer.requesters == null || cursor.isFenced() || cursor.shard() >= 0) {"),
        Broken.by(
            "answer an error without a mark",
            "command/UnbackedAnswers.java",
            "(isMarked ? told : due).add(each);",
            "told.add(each);"),
        Broken.by(
            "execute what was answered by an earlier attempt",
            "command/CommandProcessor.java",
            "return in.answeredBefore() && decided instanceof Decided.Row",
            "return in.number() < 0 && decided instanceof Decided.Row"),
        Broken.by(
            "keep no undecided commands in a checkpoint",
            "command/CommandShards.java",
            "unanswered.forEach(state::writeParked);",
            ""),
        Broken.by(
            "do not note that commands are parked",
            "command/CommandShards.java",
            "return notes.hasNoted(cursors.first(), cursors.last(), heldBy(undecided));",
            "return true;"),
        Broken.by(
            "write no aggregate before a checkpoint",
            "command/CommandShards.java",
            "    aggregates.writeBack();\n",
            ""),
        Broken.by(
            "let a changed aggregate go without writing it",
            "command/aggregate/AggregateCache.java",
            "    if (changes.has(leaving.slot)) {\n      write(leaving);\n    }\n    leave(leaving);",
            "    leave(leaving);"),
        Broken.by(
            "do not wait for the tail",
            "command/CommandProcessor.java",
            "if (lane.isReady() && !lane.hasWaiting()) {",
            "if (!lane.hasWaiting()) {"),
        Broken.by(
            "count the offset of a row before the store has it",
            "command/lane/ShardCursor.java",
            "return new ShardRecord(storeId, nextOffset, lastWriter, lastHlc);",
            "return new ShardRecord(storeId, nextOffset + 1, lastWriter, lastHlc);"),
        Broken.by(
            "keep the offsets of an insert that was refused",
            "command/CommitPath.java",
            "rows.forEach(row -> lanes.cursors().unassign(row.shard()));",
            ""),
        Broken.by(
            "take no right to answer from earlier attempts",
            "command/lane/TailScan.java",
            "session -> session.takeAnswers(request.writer(), shards)",
            "session -> new HashMap<Integer, byte[]>()"),
        new Broken(
            "take the right to answer before the heads of the log are read",
            List.of(
                new Edit(
                    "command/lane/TailScan.java",
                    "    var answered = connection.call(session -> session.takeAnswers(request.writer(), shards));\n",
                    ""),
                new Edit(
                    "command/lane/TailScan.java",
                    "    var published = connection.call(session -> session.published(shards));\n",
                    "    var answered = connection.call(session -> session.takeAnswers(request.writer(), shards));\n"
                        + "    var published = connection.call(session -> session.published(shards));\n"))),
        Broken.by(
            "publish from a row too far, after a start without a checkpoint",
            "command/lane/TailScan.java",
            "record == null ? published : next;",
            "record == null ? published + 1 : next;"),
        Broken.by(
            "read the tail of one shard of a lane only",
            "command/lane/TailScan.java",
            "for (var shard : shards) {\n      var head",
            "for (var shard : shards.subList(0, 1)) {\n      var head"),
        Broken.by(
            "send an insert while another one is in flight",
            "command/lane/Lane.java",
            "if (!ready || !inFlight.isEmpty() || forming.isEmpty()) {",
            "if (!ready || forming.isEmpty()) {"),
        Broken.by(
            "let an answer without a row pass the insert in flight",
            "command/lane/Lane.java",
            "if (!ready || !inFlight.isEmpty() || forming.isEmpty() || forming.element().hasRow()) {",
            "if (!ready || forming.isEmpty() || forming.element().hasRow()) {"),
        Broken.by(
            "put back the commands of a refused insert in reverse order",
            "command/lane/Lane.java",
            "for (var i = commands.size() - 1; i >= 0; i--) {",
            "for (var i = 0; i < commands.size(); i++) {"),
        Broken.by(
            "keep undecided commands in a checkpoint in reverse order",
            "command/lane/Lane.java",
            "all.sort(Comparator.comparingLong(Taken::number));",
            "all.sort(Comparator.comparingLong(Taken::number).reversed());"),
        Broken.by(
            "keep no commands in a checkpoint that wait for the tail",
            "command/lane/Lane.java",
            "    all.addAll(waiting.values());\n",
            ""),
        Broken.by(
            "keep no commands in a checkpoint whose answer is on its way",
            "command/lane/Lane.java",
            "      answer.addTo(all);\n",
            ""),
        Broken.by(
            "take over no marks of earlier attempts",
            "command/TailFold.java",
            "    marks.forEach((shard, bytes) ->"
                + " lanes.cursors().get(shard).answered().restore(bytes));\n",
            ""),
        Broken.by(
            "do not count a row of this attempt as a fence",
            "command/CommitPath.java",
            "      lanes.cursors().get(row.shard()).fence();\n",
            ""),
        Broken.by(
            "let an aggregate go that has commands pending",
            "command/aggregate/LiveAggregate.java",
            "return !pending.isEmpty() || rebuildWaiters != null;",
            "return rebuildWaiters != null;"),
        Broken.by(
            "decide a copy whose command has got an error",
            "command/GivenAnswers.java",
            "return isCopy ? given.answer : null;",
            "return isCopy && nowMillis < 0 ? given.answer : null;"),
        Broken.by(
            "answer an error on a state that may never be",
            "command/CommandProcessor.java",
            "if (live.hasPending()) {\n        // It was decided on rows",
            "if (live.hasPending() && in.shard() < 0) {\n        // It was decided on rows"),
        Broken.by(
            "take a fence for a lost connection",
            "command/CommitPath.java",
            "    } else if (result instanceof AppendResult.Fenced fenced) {\n      counts.fenced();\n",
            "    } else if (result instanceof AppendResult.Fenced fenced && fenced.otherWriter() != 0) {\n"
                + "      committed(lane, lane.takeInFlight(), rows);\n"
                + "    } else if (result instanceof AppendResult.Fenced fenced) {\n      counts.fenced();\n"),
        Broken.by(
            "answer though a later attempt has the right to",
            "command/UnbackedAnswers.java",
            "if (!isOwner) {",
            "if (!isOwner && writer == 0) {"),
        Broken.by(
            "decide again on what is void",
            "command/aggregate/LiveAggregate.java",
            "    resetHead();\n    return pending.takeAll();",
            "    return pending.takeAll();"),
        Broken.by(
            "decide a copy whose command has an answer on its way",
            "command/CommandProcessor.java",
            " || joins(answers.open(in), in)) {",
            ") {"));
  }

  /** Those that no schedule has noticed so far, each with the reason. */
  static List<Broken> open() {
    return List.of(
        Broken.by(
                "let new commands overtake those that wait",
                "command/CommandProcessor.java",
                "if (lane.isReady() && !lane.hasWaiting()) {",
                "if (lane.isReady()) {")
            .open(
                "not needed: a lane that is ready and has commands waiting has no room, "
                    + "and no command is taken in without room"),
        Broken.by(
                "answer from a row that is not folded",
                "command/CommandProcessor.java",
                "} else if (cursors.knows(row)) {",
                "} else if (cursors.knows(row) || row.offset() >= 0) {")
            .open(
                "with one region the answer is right: the row is stored, whoever wrote "
                    + "it; the attempt that does not know it is fenced by its next insert"),
        Broken.by(
                "keep no commands in a checkpoint whose row is looked up",
                "command/lane/Lane.java",
                "      all.add(Taken.of(lookup.in()));\n",
                "")
            .open(
                "seldom: the database has to go away between a repeat and its lookup, "
                    + "the drain to end before it is back, and the process to die before the "
                    + "lookup ends"),
        Broken.by(
                "tell an answer whose mark others hold back",
                "command/lane/AnsweredMarks.java",
                "return source.offset() < topic(source).lowest[source.partition()];",
                "return source.offset() >= 0;")
            .open(
                "seldom: the record in front has to be undecided when the answer is "
                    + "told, and the process has to die before the next mark, and to decide "
                    + "otherwise then"),
        Broken.by(
                "write what is not durable into a checkpoint",
                "command/aggregate/LiveAggregate.java",
                "    var encoded = encoded();\n",
                "    committed = head;\n    var encoded = encoded();\n")
            .open(
                "seldom: a drain has to end with rows pending on an aggregate that was "
                    + "changed since it was last written, and the process has to die before "
                    + "they are durable"),
        Broken.by(
                "forget the note of parked commands before the checkpoint is complete",
                "command/CommandShards.java",
                "    if (checkpoints.size() > MAX_OPEN_CHECKPOINTS) {",
                "    notes.settle(new ParkedShards(lanes.cursors().first(), lanes.cursors().last(),"
                    + " heldBy(unanswered.keySet())));\n"
                    + "    if (checkpoints.size() > MAX_OPEN_CHECKPOINTS) {")
            .open(
                "seldom: commands of an earlier checkpoint have to be answered, the "
                    + "next checkpoint to fail, their replies to be lost with the process, "
                    + "and the start to have no checkpoint"),
        Broken.by(
                "go on at the next start after a loss that nobody accepted",
                "command/lane/LossCheck.java",
                "if (!shards.contains(row.shard())) {",
                "if (!shards.contains(row.shard()) || row.shard() >= 0) {")
            .open(
                "the checkpoint or the events topic shows the same loss to the next "
                    + "start; the note counts only where neither has the row"));
  }
}
