/**
 * Readers of a region's topics outside of Flink, which know what comes again and what is missing.
 */
@NullMarked
package dev.anabranch.connectors.kafka.reader;

import org.jspecify.annotations.NullMarked;
