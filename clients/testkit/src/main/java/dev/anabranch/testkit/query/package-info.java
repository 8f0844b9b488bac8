/**
 * What tests of projections need: tables and a query database on the heap, a fixture, and the suite
 * that every query database passes.
 */
@NullMarked
package dev.anabranch.testkit.query;

import org.jspecify.annotations.NullMarked;
