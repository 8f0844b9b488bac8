/** The servers of a run, and what they hold when it begins. */
@NullMarked
package dev.anabranch.benchmarks.server;

import org.jspecify.annotations.NullMarked;
