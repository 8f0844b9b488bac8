/**
 * The check of a whole region: the rules that its store must keep, and that its events topic equals
 * it. Knows the store by its port only, and prints nothing.
 */
@NullMarked
package dev.anabranch.cli.verify;

import org.jspecify.annotations.NullMarked;
