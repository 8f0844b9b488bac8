/**
 * The way of rows into one database: group commits, their order and fences, what a start reads and
 * compares, and which records are answered.
 */
@NullMarked
package dev.anabranch.operators.command.lane;

import org.jspecify.annotations.NullMarked;
