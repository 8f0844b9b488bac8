/** Micro-benchmarks of classes that only their own package sees. */
@NullMarked
package dev.anabranch.operators.command.decide;

import org.jspecify.annotations.NullMarked;
