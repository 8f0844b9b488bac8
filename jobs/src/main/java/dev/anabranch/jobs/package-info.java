/**
 * Jobs as one page of dataflow each, their options, uids and endpoints. Wires operators to
 * connectors and holds no logic of either.
 */
@NullMarked
package dev.anabranch.jobs;

import org.jspecify.annotations.NullMarked;
