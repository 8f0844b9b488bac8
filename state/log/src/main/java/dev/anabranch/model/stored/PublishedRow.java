package dev.anabranch.model.stored;

import dev.anabranch.model.LogRow;

/**
 * A row as read from an events topic.
 *
 * @param region whose log the row is in; the commit may originate in another one
 */
public record PublishedRow(String region, LogRow row) {}
