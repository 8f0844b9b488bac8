/**
 * A simulator of regions that replicate: virtual time, one process, one seed. Drives the real gate,
 * graph, clock and formats over broken networks, and checks them against its own record.
 */
@NullMarked
package dev.anabranch.simulation;

import org.jspecify.annotations.NullMarked;
