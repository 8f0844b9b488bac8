/** The domain of a bonus program: members who earn points and spend them. */
@NullMarked
package com.example.members;

import org.jspecify.annotations.NullMarked;
