/** The example of the guide's chapter on replicated data types. */
@NullMarked
package dev.anabranch.testkit.cart;

import org.jspecify.annotations.NullMarked;
