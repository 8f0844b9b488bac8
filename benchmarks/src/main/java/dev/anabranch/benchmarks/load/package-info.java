/**
 * The load that cells send: which command comes next, in closed and in open loops, and what came
 * back.
 */
@NullMarked
package dev.anabranch.benchmarks.load;

import org.jspecify.annotations.NullMarked;
