package dev.anabranch.operators.projection;

import dev.anabranch.projection.Projections;
import java.io.Serializable;

/** Finds the application's projections where a task runs; travels with the job graph. */
public interface ProjectionsLoader extends Serializable {

  /**
   * Finds the projections that the job is to fill.
   *
   * @param userCode class loader of the job's jars
   */
  Projections load(ClassLoader userCode);

  /** Every read model that the job's jars name in {@code META-INF/services}. */
  static ProjectionsLoader services() {
    return Projections::load;
  }
}
