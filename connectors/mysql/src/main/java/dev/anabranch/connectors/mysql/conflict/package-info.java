/** The table of open and resolved conflicts. */
@NullMarked
package dev.anabranch.connectors.mysql.conflict;

import org.jspecify.annotations.NullMarked;
