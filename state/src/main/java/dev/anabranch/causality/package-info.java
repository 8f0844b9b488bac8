/**
 * What happened before what: vector times, dots, hybrid logical clocks, and the gate that holds a
 * commit until its causes are there. Pure functions of values; no wall clock is read here.
 */
@NullMarked
package dev.anabranch.causality;

import org.jspecify.annotations.NullMarked;
