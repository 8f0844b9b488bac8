/** Micro-benchmarks of classes that only their own package sees. */
@NullMarked
package dev.anabranch.operators.command.aggregate;

import org.jspecify.annotations.NullMarked;
