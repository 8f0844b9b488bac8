/**
 * The event store and the query database on MySQL or MariaDB, their schemas as SQL. All production
 * SQL is here, but for the one question that {@code QueryClient} asks from outside.
 */
@NullMarked
package dev.anabranch.connectors.mysql;

import org.jspecify.annotations.NullMarked;
