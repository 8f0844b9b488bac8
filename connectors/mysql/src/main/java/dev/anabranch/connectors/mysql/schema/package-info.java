/** The schema of a region's databases: migrations, layout, identity. */
@NullMarked
package dev.anabranch.connectors.mysql.schema;

import org.jspecify.annotations.NullMarked;
