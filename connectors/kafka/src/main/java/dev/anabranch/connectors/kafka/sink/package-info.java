/**
 * What a region publishes: events, inbound commits, views, conflicts, dead letters, and repairs of
 * them.
 */
@NullMarked
package dev.anabranch.connectors.kafka.sink;

import org.jspecify.annotations.NullMarked;
