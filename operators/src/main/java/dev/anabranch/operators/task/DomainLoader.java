package dev.anabranch.operators.task;

import dev.anabranch.api.AggregateTypes;
import java.io.Serializable;

/** Finds the application's aggregate types where a task runs; travels with the job graph. */
public interface DomainLoader extends Serializable {

  /**
   * Finds the types that the job is to handle.
   *
   * @param userCode class loader of the job's jars
   */
  AggregateTypes load(ClassLoader userCode);

  /** Every domain that the job's jars name in {@code META-INF/services}. */
  static DomainLoader services() {
    return AggregateTypes::load;
  }
}
