/** What is sent and received: commands, replies, dead letters, requests between regions. */
@NullMarked
package dev.anabranch.model.message;

import org.jspecify.annotations.NullMarked;
