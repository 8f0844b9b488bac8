/** An order and its items. A pure domain: nothing but the domain API is used. */
@NullMarked
package dev.anabranch.examples.orders;

import org.jspecify.annotations.NullMarked;
