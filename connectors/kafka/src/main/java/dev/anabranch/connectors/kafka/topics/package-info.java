/** The topics themselves: connections, ids, settings, and the checks of a start. */
@NullMarked
package dev.anabranch.connectors.kafka.topics;

import org.jspecify.annotations.NullMarked;
