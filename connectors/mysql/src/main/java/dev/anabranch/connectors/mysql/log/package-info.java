/** The event store: the log of a region in sharded tables. */
@NullMarked
package dev.anabranch.connectors.mysql.log;

import org.jspecify.annotations.NullMarked;
