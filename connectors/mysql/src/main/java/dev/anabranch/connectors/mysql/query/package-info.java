/** Query databases: tables of projections, positions, versions. */
@NullMarked
package dev.anabranch.connectors.mysql.query;

import org.jspecify.annotations.NullMarked;
