/** Load runs of the projection job. */
@NullMarked
package dev.anabranch.benchmarks.projection;

import org.jspecify.annotations.NullMarked;
