/**
 * Runs the command job of one region, as it is in production, under faults that a seed decides, and
 * lets the checker judge what it did.
 */
@NullMarked
package dev.anabranch.simulation;

import org.jspecify.annotations.NullMarked;
