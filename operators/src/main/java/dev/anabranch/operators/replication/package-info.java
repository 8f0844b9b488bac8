/**
 * Merges the logs of regions: lets remote commits pass in causal order, keeps the version graphs,
 * shows views and conflicts. Ports only; no connector is known here.
 */
@NullMarked
package dev.anabranch.operators.replication;

import org.jspecify.annotations.NullMarked;
