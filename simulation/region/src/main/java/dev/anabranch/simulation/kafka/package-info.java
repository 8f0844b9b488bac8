/** Topics of a region: partitions, offsets, committed positions, and producers that batch. */
@NullMarked
package dev.anabranch.simulation.kafka;

import org.jspecify.annotations.NullMarked;
