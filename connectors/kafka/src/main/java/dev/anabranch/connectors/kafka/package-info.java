/**
 * Commands from Kafka; replies, events and dead letters to Kafka. No domain logic and nothing about
 * the store.
 */
@NullMarked
package dev.anabranch.connectors.kafka;

import org.jspecify.annotations.NullMarked;
