/**
 * Flink serializers of what the jobs checkpoint, and their snapshots. The only package of this
 * module that knows Flink.
 */
@NullMarked
package dev.anabranch.serde;

import org.jspecify.annotations.NullMarked;
