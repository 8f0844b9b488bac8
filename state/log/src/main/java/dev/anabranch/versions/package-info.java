/**
 * The version graph of a replicated aggregate: its commits, which are live, and what state they
 * make. A pure function of the set of commits. No I/O; where entries are kept is a port.
 */
@NullMarked
package dev.anabranch.versions;

import org.jspecify.annotations.NullMarked;
