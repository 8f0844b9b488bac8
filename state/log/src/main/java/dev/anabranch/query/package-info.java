/**
 * The port of the query database, in which projections keep their tables, and everything that it
 * can answer. No implementation lives here.
 */
@NullMarked
package dev.anabranch.query;

import org.jspecify.annotations.NullMarked;
