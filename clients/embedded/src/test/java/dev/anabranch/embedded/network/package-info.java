/** Tests of ports, and of the network that fails on request. */
@NullMarked
package dev.anabranch.embedded.network;

import org.jspecify.annotations.NullMarked;
