/**
 * Sends commands to a region and awaits their replies. Needs Kafka's client and nothing else: no
 * Flink, no database.
 */
@NullMarked
package dev.anabranch.client;

import org.jspecify.annotations.NullMarked;
