/**
 * Micro-benchmarks and load runs that tell what a command costs. Nothing depends on this module.
 */
@NullMarked
package dev.anabranch.benchmarks;

import org.jspecify.annotations.NullMarked;
