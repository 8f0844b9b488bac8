/**
 * A region and a Flink cluster of several processes on this machine, and the operations of a job's
 * life on it. Processes are known by id and start time; nothing here ever looks for one by name.
 */
@NullMarked
package dev.anabranch.cli.cluster;

import org.jspecify.annotations.NullMarked;
