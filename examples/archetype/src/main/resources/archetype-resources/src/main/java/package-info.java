/** The domain: counters. */
@NullMarked
package ${package};

import org.jspecify.annotations.NullMarked;
