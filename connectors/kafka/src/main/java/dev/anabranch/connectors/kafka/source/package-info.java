/**
 * Reading a topic from a position that may no longer mean what it meant: topics are deleted and
 * made again, and records expire.
 */
@NullMarked
package dev.anabranch.connectors.kafka.source;

import org.jspecify.annotations.NullMarked;
