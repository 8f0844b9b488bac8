/** Connections to MySQL and MariaDB: addresses, sessions, dialects, and what their errors mean. */
@NullMarked
package dev.anabranch.connectors.mysql.connection;

import org.jspecify.annotations.NullMarked;
