/** Micro-benchmarks of classes that only their own package sees. */
@NullMarked
package dev.anabranch.connectors.mysql.log;

import org.jspecify.annotations.NullMarked;
