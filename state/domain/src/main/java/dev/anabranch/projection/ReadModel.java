package dev.anabranch.projection;

import java.util.List;

/**
 * The projections of an application; the projection job finds implementations by {@link
 * java.util.ServiceLoader}. Needs a public constructor without arguments.
 */
public interface ReadModel {

  /** Each projection once; names of projections and of tables are unique over all read models. */
  List<Projection> projections();
}
