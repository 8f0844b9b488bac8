/** Tests of the event store, on real servers where they need one. */
@NullMarked
package dev.anabranch.connectors.mysql;

import org.jspecify.annotations.NullMarked;
