/**
 * What a commit waits for. The gate holds a commit until its causes are there, and the stable time
 * says which commits every region has. Pure functions of values; where entries are kept is a port.
 */
@NullMarked
package dev.anabranch.gate;

import org.jspecify.annotations.NullMarked;
