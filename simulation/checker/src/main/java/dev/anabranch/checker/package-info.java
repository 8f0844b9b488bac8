/**
 * Judges what a region did from a record of it: what was sent, acknowledged, told, published and
 * stored. Knows nothing of this project but its guarantees, so that simulator, chaos tests and load
 * runs are judged by the same rules.
 */
@NullMarked
package dev.anabranch.checker;

import org.jspecify.annotations.NullMarked;
