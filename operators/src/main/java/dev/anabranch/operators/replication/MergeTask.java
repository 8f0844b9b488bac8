package dev.anabranch.operators.replication;

import dev.anabranch.model.AggregateKey;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The task around a {@link Replicator}: its current key, timers, store and clocks.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
record MergeTask(
    Consumer<Object> currentKey,
    Consumer<Long> timerInMillis,
    Consumer<AggregateKey> readFromStore,
    Consumer<Map<Integer, OwnRow>> compareWithStore,
    LongConsumer goOnInMillis,
    LongSupplier nowMicros,
    LongSupplier timerMillis) {}
