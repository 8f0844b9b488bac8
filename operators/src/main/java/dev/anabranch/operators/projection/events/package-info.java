/** Versions that follow the events. */
@NullMarked
package dev.anabranch.operators.projection.events;

import org.jspecify.annotations.NullMarked;
