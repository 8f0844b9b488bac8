/**
 * What an application implements: deciders, codecs registration, upcasters and conflict resolvers.
 * No Flink, no Kafka, no I/O: the JDK and JSpecify only.
 */
@NullMarked
package dev.anabranch.api;

import org.jspecify.annotations.NullMarked;
