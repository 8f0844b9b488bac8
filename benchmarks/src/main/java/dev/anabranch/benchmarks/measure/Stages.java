package dev.anabranch.benchmarks.measure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedFrame;

/**
 * The part of a command's way that a stack belongs to: that of its innermost frame that has a name
 * here.
 */
public final class Stages {

  static final String NONE = "elsewhere";

  private static final Map<String, String> BY_METHOD = new LinkedHashMap<>();

  static {
    // The operator's task, in the order of a command.
    stage("read the record from the network", "CommandRecordSerializer.deserialize");
    stage("read headers", "CommandWire.decode");
    stage("look the aggregate up", "AggregateCache.get", "PendingOutcomes.find");
    stage("look for a repeat", "CommandWindow.hash", "CommandWindow.offsetOf");
    stage("decode the command (JSON)", "JsonCodec.decode");
    stage("decide and evolve", "Deposits.decide", "Deposits.evolve");
    stage("encode the event (JSON)", "JsonCodec.encode");
    stage(
        "encode the row's blobs",
        "CausalityBlob.encode",
        "MetadataBlob.encode",
        "ReplyBlob.encode",
        "EventsBlob.encode");
    stage("size the row", "EventWire.sizeOf");
    stage("rest of deciding", "Decisions.decide", "CommandProcessor.nextTime");
    stage("form the insert", "Lane.nextInsert", "CommitPath.send", "EndOfTurn.of", "Lane.join");
    stage("answer", "Replies.committed", "InProcess.answer");
    stage("remember the command id", "CommandWindow.with");
    stage("publish", "EventSerializer.serialize", "FlinkOutputs.publish", "FlinkOutputs.reply");
    stage("rest of committing", "CommitPath.committed", "CommitPath.ended");
    stage("rest of taking a command in", "CommandProcessor.process", "CommandProcessor.hasRoom");
    stage(
        "key context",
        "AbstractStreamOperator.setKeyContextElement",
        "AbstractStreamOperator.setCurrentKey");
    stage(
        "checkpoint",
        "CommandShards.snapshot",
        "CommandOperator.snapshotState",
        "performCheckpoint");
    // A lane's thread.
    stage("write the statement", "TextStatements.prepare", "EventLogTable.write");
    stage("statement to text", "SqlBuffer.toStatement");
    stage("send and wait (JDBC driver)", "StatementImpl.executeUpdate");
    stage("remember heads", "LaneConnection.rememberHeads");
    // The source's task.
    stage("write the record to the network", "CommandRecordSerializer.serialize");
    stage("choose the channel", "KeyGroupStreamPartitioner.selectChannel");
  }

  private Stages() {}

  private static void stage(String name, String... methods) {
    for (var method : methods) {
      BY_METHOD.put(method, name);
    }
  }

  public static String of(List<RecordedFrame> stack) {
    for (var frame : stack) {
      var stage = BY_METHOD.get(nameOf(frame));
      if (stage != null) {
        return stage;
      }
    }
    return NONE;
  }

  /** {@code Class.method}, without package and enclosing class. */
  public static String nameOf(RecordedFrame frame) {
    var type = frame.getMethod().getType().getName();
    var start = Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1;
    return type.substring(start) + "." + frame.getMethod().getName();
  }
}
