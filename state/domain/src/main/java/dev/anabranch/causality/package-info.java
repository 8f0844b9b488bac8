/**
 * What happened before what, as values: regions, dots, vector times and hybrid logical clocks. An
 * application sees these in its deciders and resolvers. No wall clock is read here.
 */
@NullMarked
package dev.anabranch.causality;

import org.jspecify.annotations.NullMarked;
