/**
 * The event store on sharded MySQL or MariaDB databases, its schema as SQL. The only production
 * package that speaks SQL.
 */
@NullMarked
package dev.anabranch.connectors.mysql;

import org.jspecify.annotations.NullMarked;
