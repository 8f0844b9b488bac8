/** What a region shows of an aggregate, and of its conflicts. */
@NullMarked
package dev.anabranch.model.view;

import org.jspecify.annotations.NullMarked;
