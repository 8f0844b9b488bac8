/**
 * The values that travel and are stored: aggregate ids, commands, commits, replies, regions.
 * Immutable, without behaviour that needs the outside; the JDK and JSpecify only.
 */
@NullMarked
package dev.anabranch.model;

import org.jspecify.annotations.NullMarked;
