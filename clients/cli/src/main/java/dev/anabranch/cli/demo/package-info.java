/**
 * The demo: a whole region on this machine, real Kafka, MariaDB and Flink, with traffic, crashes
 * and a verification at the end.
 */
@NullMarked
package dev.anabranch.cli.demo;

import org.jspecify.annotations.NullMarked;
