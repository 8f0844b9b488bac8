/** Tests of the embedded servers, against the real servers. */
@NullMarked
package dev.anabranch.embedded;

import org.jspecify.annotations.NullMarked;
