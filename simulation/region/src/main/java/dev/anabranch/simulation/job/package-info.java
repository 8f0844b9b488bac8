/**
 * What Flink does around the production operator: subtasks with their mailboxes and inputs,
 * checkpoints, restarts, rescaling.
 */
@NullMarked
package dev.anabranch.simulation.job;

import org.jspecify.annotations.NullMarked;
