package dev.anabranch.connectors.kafka.source;

import java.util.function.IntSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** What a source has to tell of positions that did not hold, counted since the task started. */
final class PositionMetrics {

  final Counter topicsMadeAnew;
  final Counter partitionsMadeAnew;
  final Counter recordsExpired;
  final Counter partitionsCutShort;

  PositionMetrics(MetricGroup group, IntSupplier waiting) {
    topicsMadeAnew = group.counter("topicsMadeAnew");
    partitionsMadeAnew = group.counter("partitionsMadeAnew");
    recordsExpired = group.counter("recordsExpired");
    partitionsCutShort = group.counter("partitionsCutShort");
    group.<Integer, Gauge<Integer>>gauge("partitionsWaiting", waiting::getAsInt);
  }
}
