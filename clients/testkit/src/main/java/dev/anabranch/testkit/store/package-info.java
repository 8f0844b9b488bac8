/**
 * The event store on the heap, with faults on demand, and the suite that every event store passes.
 * No database here.
 */
@NullMarked
package dev.anabranch.testkit.store;

import org.jspecify.annotations.NullMarked;
