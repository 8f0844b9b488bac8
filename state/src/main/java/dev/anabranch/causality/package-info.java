/**
 * What happened before what: vector times, dots, hybrid logical clocks, version graphs. Pure
 * functions of values; no wall clock is read here.
 */
@NullMarked
package dev.anabranch.causality;

import org.jspecify.annotations.NullMarked;
