/**
 * The port of the event store and everything that an append can answer. No implementation lives
 * here.
 */
@NullMarked
package dev.anabranch.store;

import org.jspecify.annotations.NullMarked;
