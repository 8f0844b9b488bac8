/** A local cluster of real processes, and the jobs on it. */
@NullMarked
package dev.anabranch.playground.cluster;

import org.jspecify.annotations.NullMarked;
