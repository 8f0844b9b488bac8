/**
 * Virtual time, and threads of which exactly one runs at any moment: a seed decides which one, and
 * time passes only when none can run.
 */
@NullMarked
package dev.anabranch.simulation.time;

import org.jspecify.annotations.NullMarked;
