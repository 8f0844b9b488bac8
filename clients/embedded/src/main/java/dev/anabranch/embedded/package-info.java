/**
 * A real Kafka broker and real MariaDB servers inside or beside this JVM. For tests, the demo and
 * benchmarks; never for production.
 */
@NullMarked
package dev.anabranch.embedded;

import org.jspecify.annotations.NullMarked;
