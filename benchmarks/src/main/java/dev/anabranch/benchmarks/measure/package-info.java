/** What is measured while a cell runs: processor time by thread group, checkpoints, the machine. */
@NullMarked
package dev.anabranch.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
