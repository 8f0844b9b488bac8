/** What a comparison runs: each cell is one setup, measured for a window. */
@NullMarked
package dev.anabranch.benchmarks.cell;

import org.jspecify.annotations.NullMarked;
