/** A region's event store whose databases misbehave when they are told to. */
@NullMarked
package dev.anabranch.simulation.store;

import org.jspecify.annotations.NullMarked;
