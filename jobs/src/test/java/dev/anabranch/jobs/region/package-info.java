/**
 * A region to test: real Kafka, real databases and a Flink cluster in one JVM, faults on demand,
 * and the checks of what must hold after any of them. Start at {@link
 * dev.anabranch.jobs.region.RegionUnderTest}.
 */
@NullMarked
package dev.anabranch.jobs.region;

import org.jspecify.annotations.NullMarked;
