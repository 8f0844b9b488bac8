package dev.anabranch.store;

import java.io.Serializable;

/**
 * A place in one partition of the events topic.
 *
 * @param topicId of the topic as the broker made it: a topic that is made anew has another one
 * @param position of the next record
 */
public record LogBookmark(String topicId, long position) implements Serializable {}
