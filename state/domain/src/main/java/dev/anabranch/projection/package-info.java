/**
 * What an application writes to have tables that follow its events: projections, the tables that
 * they fill, and the changes that they ask for. Needs the JDK only.
 */
@NullMarked
package dev.anabranch.projection;

import org.jspecify.annotations.NullMarked;
