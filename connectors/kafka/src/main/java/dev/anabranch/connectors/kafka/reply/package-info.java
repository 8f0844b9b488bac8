/** Answers to commands, into the topics that senders named. */
@NullMarked
package dev.anabranch.connectors.kafka.reply;

import org.jspecify.annotations.NullMarked;
