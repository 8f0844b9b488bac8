package dev.anabranch.query;

/**
 * A version as the query database knows it.
 *
 * @param revision of the projection's code that fills it
 * @param definition of the tables, as text
 * @param live whether readers see it
 */
public record VersionInfo(VersionId id, int revision, String definition, boolean live) {}
